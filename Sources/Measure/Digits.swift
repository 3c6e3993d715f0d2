import Records

/// Below it a number has no use for decimals, and is written in its shortest form.
let smallest = 1e-9

/// How many decimals show so many digits that count; 12 at most.
func decimals(showing digits: Int, of value: Double) -> Int {
  var size = value.magnitude
  var decimals = digits - 1
  while size >= 10, decimals > 0 {
    size /= 10
    decimals -= 1
  }
  while size < 1, size > 0, decimals < 12 {
    size *= 10
    decimals += 1
  }
  return decimals
}

/// With five digits that count, or more of a whole number, without zeros at the end.
func fiveDigits(_ value: Double) -> String {
  guard value.isFinite, value.magnitude >= smallest || value == 0 else { return "\(value)" }
  return trimmed(value, decimals(showing: 5, of: value))
}

/// With at most so many decimals, without zeros at the end; of a value too large for them, the shortest form.
func trimmed(_ value: Double, _ decimals: Int) -> String {
  var out = ByteBuffer()
  out.append(value, decimals: decimals)
  return out.bytes.string
}

/// With exactly so many decimals; of a value too large for them, the shortest form.
func fixed(_ value: Double, _ decimals: Int) -> String {
  let text = trimmed(value, decimals)
  guard decimals > 0, value.isFinite, !text.contains("e") else { return text }
  let parts = text.split(separator: ".")
  let fraction = parts.count > 1 ? String(parts[1]) : ""
  return parts[0] + "." + fraction + String(repeating: "0", count: max(decimals - fraction.count, 0))
}

/// 1234567.8 as 1,234,567.8; what is no plain decimal stays.
package func grouped(_ text: String) -> String {
  let sign = text.hasPrefix("-") ? "-" : ""
  let whole = text.dropFirst(sign.count).prefix { $0.isNumber }
  guard whole.count > 3, !text.contains("e") else { return text }
  var out = ""
  for (i, digit) in whole.enumerated() {
    if i > 0, (whole.count - i) % 3 == 0 { out.append(",") }
    out.append(digit)
  }
  return sign + out + text.dropFirst(sign.count + whole.count)
}
