/// JSON Schemas (draft 2020-12) of the records that a tool writes, from the field table.
package enum Schema {
  /// The schema of the items that `writer` writes; members of earlier tools pass through and are described too.
  package static func items(of writer: Field.Writer) -> String {
    let order: [Field.Writer] = [.list, .expand, .fetch]
    let upstream = Array(order.prefix(through: order.firstIndex(of: writer) ?? 0))
    let definitions = Field.table.filter { upstream.contains($0.writer) }
    let required = definitions.filter { $0.isAlwaysThere && $0.writer == writer }
    return document(
      title: "A record of \(writer.rawValue)",
      properties: definitions.map { (name: "\($0.name)", schema: schema(of: $0)) },
      required: required.map { "\($0.name)" })
  }

  package static func document(
    title: String, properties: [(name: String, schema: String)], required: [String]
  ) -> String {
    var out = ByteBuffer()
    out.append("{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"title\":")
    out.append(quoted: title)
    out.append(",\"type\":\"object\",\"properties\":{")
    for (i, property) in properties.enumerated() {
      if i > 0 { out.append(byte: 0x2C) }
      out.append(quoted: property.name)
      out.append(byte: 0x3A)
      out.append(text: property.schema)
    }
    out.append("},\"required\":[")
    for (i, name) in required.enumerated() {
      if i > 0 { out.append(byte: 0x2C) }
      out.append(quoted: name)
    }
    out.append("]}\n")
    return out.bytes.string
  }

  package static func schema(of definition: Field.Definition) -> String {
    var out = ByteBuffer()
    out.append("{\"type\":")
    switch definition.kind {
    case .string: out.append("\"string\"")
    case .integer: out.append("[\"integer\",\"string\"]")
    case .number: out.append("\"number\"")
    case .boolean: out.append("\"boolean\"")
    case .timestamp: out.append("\"string\",\"format\":\"date-time\"")
    case .oneOf(let values):
      out.append("\"string\",\"enum\":[")
      for (i, value) in values.enumerated() {
        if i > 0 { out.append(byte: 0x2C) }
        out.append(quoted: value)
      }
      out.append("]")
    }
    out.append(",\"description\":")
    out.append(quoted: definition.meaning)
    out.append("}")
    return out.bytes.string
  }
}
