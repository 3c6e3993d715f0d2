/// A place as rclone's users write it: `remote:path`, or with options `remote,option=value,option='a:b':path`. In place of
/// a remote of the configuration may stand `:backend`.
package struct RcloneRemote: Equatable {
  package let name: String
  /// Each `option=value`, or `option` alone, as it was written.
  let options: [String]
  let path: String

  /// Nil where there is no colon: rclone would take that for a local path.
  package init?(_ text: String) {
    var fields = [""]
    var quote: Unicode.Scalar?
    var closed: Unicode.Scalar?
    var last: Unicode.Scalar?
    var rest = text.unicodeScalars[...]
    if rest.first == ":" { fields[0].unicodeScalars.append(rest.removeFirst()) }
    while true {
      guard let next = rest.popFirst() else { return nil }
      if quote == nil, next == ":" { break }
      if quote == nil, next == "," {
        fields.append("")
      } else {
        fields[fields.count - 1].unicodeScalars.append(next)
        // A quotation mark that is doubled inside a quotation closes it and opens it again.
        let opens = quote == nil && (next == "'" || next == "\"") && (last == "=" || closed == next)
        closed = quote == next ? next : nil
        if opens { quote = next } else if closed != nil { quote = nil }
      }
      last = next
    }
    name = fields.removeFirst()
    options = fields
    path = String(rest)
    guard !name.isEmpty, name != ":" else { return nil }
  }

  /// What an object's record names: `rclone:remote:path/`, without options that hold secrets.
  package var source: String { "rclone:" + place(options.filter { !isSecret($0) }, asDirectory: true) }

  /// What rclone is told. With the slash at its end, a path of an object store is never taken for an object.
  ///
  /// By default each backend has characters that it replaces in names; those of the store cannot be told from those
  /// replaced then. `encoding=None` makes names come as they are, but for the alphabet of `append(rclonePath:)`.
  func argument(asDirectory: Bool) -> String {
    let isEncodingSet = options.contains { $0.hasPrefix("encoding=") }
    return place(isEncodingSet ? options : options + ["encoding=None"], asDirectory: asDirectory)
  }

  /// The last name in the path; empty where there is none.
  var lastSegment: String { path.split(separator: "/").last.map { String($0) } ?? "" }

  private func place(_ options: [String], asDirectory: Bool) -> String {
    var path = path
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    if asDirectory, !path.isEmpty, path != "/" { path += "/" }
    return ([name] + options).joined(separator: ",") + ":" + path
  }

  /// The place `directory` in `bucket` of `remote`, each with or without slashes at its ends, the remote with or without
  /// its colon. A slash at the beginning of the path stays: to some remotes it is the root.
  package static func joined(remote: String, bucket: String?, directory: String?) -> String {
    var place = RcloneRemote(remote) == nil ? remote + ":" : remote
    for part in [bucket ?? "", directory ?? ""] where !part.isEmpty {
      guard !place.hasSuffix(":") else {
        place += part
        continue
      }
      while place.hasSuffix("/") { place.removeLast() }
      place += "/" + part.drop { $0 == "/" }
    }
    return place
  }
}

/// Whether an option should not be repeated where others read it.
private func isSecret(_ option: String) -> Bool {
  let name = option.prefix { $0 != "=" }.lowercased()
  let value = option.dropFirst(name.count)
  let words = ["pass", "secret", "key", "token", "auth", "cred", "sas", "cookie", "header", "client"]
  return words.contains { name.contains($0) } || value.contains("://") && value.contains("@")
}
