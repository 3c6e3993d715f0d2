import Glibc
import Records

/// Standard error: diagnostics and the progress line. How a diagnostic looks is decided here alone:
/// `tool: what: why`, lower case, no final period; control characters of names are made visible.
package final class Console {
  package enum LogFormat: String, CaseIterable, Sendable { case text, json }

  package enum Level: String { case error, warning, note, debug }

  let tool: String
  package var format = LogFormat.text
  package var isQuiet = false
  package var isVerbose = false
  private var hasProgressLine = false
  private var text = ByteBuffer()

  package init(tool: String) { self.tool = tool }

  package func error(_ message: String) { write(.error, message) }
  package func warning(_ message: String) { if !isQuiet { write(.warning, message) } }
  package func note(_ message: String) { if !isQuiet { write(.note, message) } }
  /// What was asked for, even where notes are not wanted.
  func answer(_ message: String) { write(.note, message) }
  package func debug(_ message: String) { if isVerbose { write(.debug, message) } }

  private func write(_ level: Level, _ message: String) {
    clearProgressLine()
    text.removeAll()
    switch format {
    case .text:
      text.append(text: tool)
      text.append(level == .warning ? ": warning: " : ": ")
      appendVisible(message)
    case .json:
      text.append("{\"time\":")
      text.append(quoted: Timestamp.now)
      text.append(",\"tool\":")
      text.append(quoted: tool)
      text.append(",\"level\":")
      text.append(quoted: level.rawValue)
      text.append(",\"message\":")
      text.append(quoted: message)
      text.append(byte: 0x7D)
    }
    text.append(byte: 0x0A)
    emit()
  }

  private func appendVisible(_ message: String) {
    for scalar in message.unicodeScalars {
      guard scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) else {
        text.append(text: String(scalar))
        continue
      }
      let byte = UInt8(scalar.value)
      if byte == 0x0A {
        text.append("\\n")
      } else {
        text.append("\\x")
        text.append(byte: hexDigit(byte >> 4))
        text.append(byte: hexDigit(byte & 15))
      }
    }
  }

  /// Puts `line` in place of the last progress line, cut to the terminal's width.
  func showProgress(_ line: String) {
    let width = terminalWidth(2) ?? 200
    text.removeAll()
    text.append("\r")
    text.append(text: String(line.prefix(width - 1)))
    text.append("\u{1B}[K")
    hasProgressLine = true
    emit()
  }

  func clearProgressLine() {
    guard hasProgressLine else { return }
    hasProgressLine = false
    text.removeAll()
    text.append("\r\u{1B}[K")
    emit()
  }

  /// A diagnostic that cannot be written has nowhere to be reported.
  private func emit() {
    _ = Glibc.write(2, text.bytes.baseAddress, text.bytes.count)
  }
}

/// The columns of the terminal behind a descriptor, by ioctl(2); nil where there is none, or it does not say.
package func terminalWidth(_ descriptor: Int32) -> Int? {
  var size = winsize()
  return ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : nil
}
