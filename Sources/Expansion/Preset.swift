import Records

/// One derivative of a media object, as a content delivery network makes it from a URL.
package struct Preset: Sendable, Equatable {
  /// Where the parameters stand in the URL.
  package enum Placement: String, Sendable {
    case query
    /// As path segments `_name=value` before the key.
    case path
  }

  package struct Parameter: Sendable, Equatable {
    package let name: String
    package let value: String
    package var text: String { "\(name)=\(value)" }
  }

  package let name: String
  package let media: Media
  package let placement: Placement
  package let parameters: [Parameter]
  /// Pixels; nil where the derivative does not say.
  package let width: Int?
  package let height: Int?
  package let format: String?
  package let quality: Int?

  /// An image variant: what it asks for is read off its parameters.
  init(image name: String, placement: Placement, parameters: [Parameter]) {
    self.name = name
    media = .image
    self.placement = placement
    self.parameters = parameters
    let facts = parameters.flatMap(Self.facts)
    func value(_ name: String) -> String? { facts.first { $0.name == name }?.value }
    width = value("width").flatMap { Int($0) }
    height = value("height").flatMap { Int($0) }
    format = value("format")
    quality = value("quality").flatMap { Int($0) }
  }

  init(video name: String, width: Int, height: Int, parameters: [Parameter]) {
    self.name = name
    media = .video
    placement = .query
    self.parameters = parameters
    self.width = width
    self.height = height
    format = nil
    quality = nil
  }

  /// Akamai's `im=resize=width:400,height:300,mode:fit` and `im=quality=80` hold the facts one level deeper.
  private static func facts(_ parameter: Parameter) -> [Parameter] {
    guard parameter.name == "im" else { return [parameter] }
    if parameter.value.hasPrefix("resize=") {
      return parameter.value.dropFirst(7).split(separator: ",").compactMap { Parameter(String($0), separator: ":") }
    }
    return Parameter(parameter.value, separator: "=").map { [$0] } ?? []
  }
}

extension Preset.Parameter {
  /// Splits `name=value` at the first separator.
  init?(_ text: String, separator: Character) {
    guard let at = text.firstIndex(of: separator) else { return nil }
    self.init(name: String(text[..<at]), value: String(text[text.index(after: at)...]))
  }
}
