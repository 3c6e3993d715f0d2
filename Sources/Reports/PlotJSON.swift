import Records

extension Page.Plot {
  /// The data of the picture, not rounded beyond what its unit has in a table.
  func appendJSON(to out: inout ByteBuffer) {
    switch self {
    case .distribution(let plot): plot.appendJSON(to: &out)
    case .timeline(let plot): plot.appendJSON(to: &out)
    case .bars(let plot): plot.appendJSON(to: &out)
    }
  }
}

extension Page.Distribution {
  fileprivate func appendJSON(to out: inout ByteBuffer) {
    out.append("{\"kind\":\"distribution\",\"title\":")
    out.append(quoted: title)
    out.append(member: "unit")
    out.append(quoted: unit.rawValue)
    out.append(member: "curves")
    out.append(list: curves) { curve, out in
      out.append("{\"name\":")
      out.append(quoted: curve.name)
      out.append(member: "points")
      out.append(list: curve.points) { point, out in
        out.append("[")
        unit.number(point.value).appendJSON(to: &out)
        out.append(",")
        Page.Cell.share(point.share).appendJSON(to: &out)
        out.append("]")
      }
      out.append("}")
    }
    out.append(member: "marks")
    out.append(list: marks) { mark, out in
      out.append("{\"name\":")
      out.append(quoted: mark.name)
      out.append(member: "value")
      unit.number(mark.value).appendJSON(to: &out)
      out.append("}")
    }
    out.append("}")
  }
}

extension Page.Timeline {
  fileprivate func appendJSON(to out: inout ByteBuffer) {
    out.append("{\"kind\":\"timeline\",\"title\":")
    out.append(quoted: title)
    out.append(member: "start")
    out.append(quoted: start)
    out.append(member: "interval_seconds")
    out.append(intervalSeconds, decimals: 3)
    out.append(member: "series")
    out.append(list: series) { series, out in
      out.append("{\"name\":")
      out.append(quoted: series.name)
      out.append(member: "unit")
      out.append(quoted: series.unit.rawValue)
      out.append(member: "values")
      out.append(list: series.values) { value, out in
        value.map { series.unit.number($0).appendJSON(to: &out) } ?? out.append("null")
      }
      out.append("}")
    }
    out.append("}")
  }
}

extension Page.Bars {
  fileprivate func appendJSON(to out: inout ByteBuffer) {
    out.append("{\"kind\":\"bars\",\"title\":")
    out.append(quoted: title)
    out.append(member: "layout")
    out.append(quoted: layout.rawValue)
    out.append(member: "unit")
    out.append(quoted: unit.rawValue)
    out.append(member: "categories")
    out.append(list: categories) { $1.append(quoted: $0) }
    out.append(member: "series")
    out.append(list: series) { series, out in
      out.append("{\"name\":")
      out.append(quoted: series.name)
      out.append(member: "values")
      out.append(list: series.values) { unit.number($0).appendJSON(to: &$1) }
      out.append("}")
    }
    out.append("}")
  }
}

extension Page.Unit {
  /// As `cell`, but always a JSON number: a count beyond 2^53 is a string in a table.
  fileprivate func number(_ value: Double) -> Page.Cell { self == .count ? .number(value) : cell(value) }
}
