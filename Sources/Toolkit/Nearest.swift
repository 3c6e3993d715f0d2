/// The known names most like `name`, best first, at most three: for "did you mean".
package func nearest(_ name: String, in known: some Sequence<String>) -> [String] {
  let wanted = Array(name.lowercased().utf8)
  let scored = Set(known).map { (name: $0, distance: editDistance(wanted, Array($0.lowercased().utf8))) }
  let limit = max(2, wanted.count / 3)
  return scored.filter { $0.distance <= limit || $0.name.contains(name) && name.utf8.count > 2 }
    .sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }.prefix(3).map(\.name)
}

/// ", did you mean …?" or nothing.
package func suggestion(for name: String, in known: some Sequence<String>) -> String {
  let near = nearest(name, in: known)
  return near.isEmpty ? "" : ", did you mean \(near.joined(separator: " or "))?"
}

/// Damerau-Levenshtein distance, restricted to swaps of neighbours.
private func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
  var beforeLast: [Int] = []
  var last = Array(0...b.count)
  for i in 0..<a.count {
    var current = [i + 1]
    for j in 0..<b.count {
      var cost = min(last[j + 1] + 1, current[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, beforeLast[j - 1] + 1) }
      current.append(cost)
    }
    beforeLast = last
    last = current
  }
  return last[b.count]
}
