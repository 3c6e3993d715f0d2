import Records

/// How a video derivative is asked for.
package enum VideoURLFormat: String, CaseIterable, Sendable {
  /// `key?imwidth=1920`
  case imwidth
  /// `key/desktop/`
  case derivative
  /// `key?derivative=desktop`, with the derivative's extra parameters
  case query
}

/// A request's members around its percent-encoded key, made once for each preset.
struct URLTemplate: Sendable {
  /// `,"url":"` and the URL up to the key.
  let prefix: [UInt8]
  /// The rest of the URL and the other members, up to the closing brace.
  let suffix: [UInt8]

  init(_ preset: Preset, base: BaseURL, format: VideoURLFormat) {
    var path = ""
    var tail = ""
    var query = base.query.map { [$0] } ?? []
    switch (preset.media, format, preset.placement) {
    case (.video, .imwidth, _): query.append("imwidth=\(preset.width ?? 0)")
    case (.video, .derivative, _): tail = "/\(preset.name)/"
    case (.video, .query, _): query += ["derivative=\(preset.name)"] + preset.parameters.map(\.text)
    case (_, _, .path): path = preset.parameters.map { "_\($0.text)/" }.joined()
    case (_, _, .query): query += preset.parameters.map(\.text)
    }
    if !query.isEmpty { tail += "?" + query.joined(separator: "&") }
    prefix = Array(",\"url\":\"\(base.prefix)\(path)".utf8)
    suffix = Array("\(tail)\"".utf8) + Self.members(preset)
  }

  private static func members(_ preset: Preset) -> [UInt8] {
    var out = ByteBuffer()
    out.append(.variant, preset.name)
    if let width = preset.width { out.append(.width, width) }
    if let height = preset.height { out.append(.height, height) }
    if let format = preset.format { out.append(.format, format) }
    if let quality = preset.quality { out.append(.quality, quality) }
    out.append(byte: 0x7D)
    return Array(out.bytes)
  }
}
