/// The JSON Schema (draft 2020-12) of the pages that `JSONFormat` writes.
package enum PageSchema {
  package static let text = String(decoding: PackageResources.page_schema_json, as: UTF8.self)
}
