/// The words of a line with quotes, as a shell sees them: section names such as `profile "two words"` are written so.
/// Nil where a quote or a backslash has no end.
func shellWords(_ line: String) -> [String]? {
  var words: [String] = []
  var word: String?
  var quote: Unicode.Scalar?
  var isEscaped = false
  for scalar in line.unicodeScalars {
    if isEscaped {
      // Within double quotes a backslash is itself before all but these.
      if quote != nil, scalar != "\"", scalar != "\\" { word?.unicodeScalars.append("\\") }
      word?.unicodeScalars.append(scalar)
      isEscaped = false
    } else if scalar == "\\", quote != "'" {
      word = word ?? ""
      isEscaped = true
    } else if scalar == quote {
      quote = nil
    } else if quote == nil, scalar == "\"" || scalar == "'" {
      word = word ?? ""
      quote = scalar
    } else if quote == nil, scalar == " " || scalar == "\t" {
      if let ended = word { words.append(ended) }
      word = nil
    } else {
      word = (word ?? "") + String(scalar)
    }
  }
  guard quote == nil, !isEscaped else { return nil }
  return words + (word.map { [$0] } ?? [])
}
