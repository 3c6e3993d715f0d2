import Records

/// The JSON Schema of summary records, from the lists that write them.
package enum SummarySchema {
  package static let text = Schema.document(
    title: "A summary record of mt-stats",
    properties: [
      ("record", Schema.schema(of: Field.record.definition)),
      (
        "group",
        #"{"type":"object","description":"the members that the records of this summary share; absent: all records"}"#
      ),
      ("records", #"{"type":["integer","string"],"description":"records summed up"}"#),
      ("started", #"{"type":"string","format":"date-time","description":"the earliest start"}"#),
      ("finished", #"{"type":"string","format":"date-time","description":"the latest end: start and total_ms"}"#),
    ] + (Summary.counted.map(\.name) + [Summary.extensionName]).map { ("\($0)", counts) }
      + Summary.measured.map { ("\($0.name)", quantity) },
    required: ["record", "records"])

  private static let counts =
    #"{"type":"object","additionalProperties":{"type":["integer","string"]},"description":"value: records that have it"}"#

  private static let quantity: String = {
    let numbers = (["mean", "min", "max"] + Quantity.quantiles.map { "\($0.name)" })
      .map { "\"\($0)\":{\"type\":[\"number\",\"null\"]}" }.joined(separator: ",")
    return #"{"type":"object","properties":{"count":{"type":"integer"},"sum":{"type":["number","string"]},"#
      + numbers
      + #","sketch":{"type":"object"}},"required":["count","sum","sketch"],"description":"a measured member"}"#
  }()
}
