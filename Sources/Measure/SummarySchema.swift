import Records

/// The JSON Schema of summary records, from the lists that write them.
package enum SummarySchema {
  package static let text = Schema.document(
    title: "A summary record of mt-stats",
    properties: [
      ("record", Schema.schema(of: Field.record.definition)),
      ("at", #"{"type":"string","format":"date-time","description":"of a snapshot: when it was taken"}"#),
      (
        "window_seconds",
        #"{"type":"number","description":"of a snapshot: how far it reaches back; absent: to the start"}"#
      ),
      ("group", object("the members that the records of this summary share; absent: all records")),
      ("settings", object("how the run was made, as --setting says")),
      ("records", #"{"type":["integer","string"],"description":"records summed up"}"#),
      ("started", #"{"type":"string","format":"date-time","description":"the earliest start"}"#),
      ("finished", #"{"type":"string","format":"date-time","description":"the latest end: start and total_ms"}"#),
    ] + Summary.counted.map { ("\($0.name)", counts) }
      + [("by", object("what the records of each value of some members come to"))]
      + Summary.measured.map { ("\($0.name)", quantity) }
      + [
        ("distinct", object("how many different values some members have")),
        ("top", object("the largest objects, the slowest requests and those that failed most")),
        ("timeline", object("what happened when")),
        ("large", object("objects above a threshold")),
      ],
    required: ["record", "records"])

  private static func object(_ meaning: String) -> String { #"{"type":"object","description":"\#(meaning)"}"# }

  private static let counts =
    #"{"type":"object","additionalProperties":{"type":["integer","string"]},"description":"value: records that have it"}"#

  private static let quantity: String = {
    let numbers = (["mean", "variance", "stddev", "min", "max"] + Quantity.quantiles.map { "\($0.name)" })
      .map { "\"\($0)\":{\"type\":[\"number\",\"null\"]}" }.joined(separator: ",")
    return #"{"type":"object","properties":{"count":{"type":"integer"},"sum":{"type":["number","string","null"]},"#
      + numbers
      + #","sketch":{"type":"object"}},"required":["count","sum","sketch"],"description":"a measured member"}"#
  }()
}
