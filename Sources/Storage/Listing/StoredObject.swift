import Records

/// What a store says of one object, lent for a call. What it does not say is nil.
struct StoredObject {
  /// The path below the listed root, as stored.
  var key: Bytes
  /// Bytes.
  var size: Int?
  var modified: Timestamp?
  /// Without quotes.
  var etag: Bytes?
  var storageClass: Bytes?
  var versionID: Bytes?
  /// Whether the version is the current one; nil where only those are listed.
  var isLatest: Bool?
}

extension Bytes {
  /// An entity tag without the quotation marks that stores write around it.
  var unquoted: Bytes { count >= 2 && first == 0x22 && last == 0x22 ? slice(1, count - 1) : self }
}
