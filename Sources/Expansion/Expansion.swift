import Records
import Toolkit

/// Turns objects into requests: one for each derivative that fits the object's media.
package final class Expansion {
  /// Objects that are neither images nor videos, or not of the media asked for.
  package private(set) var leftOut = 0

  /// Where a template's two parts stand in `texts`. One buffer, so that reading them counts no references.
  private struct Parts {
    let start: Int
    let key: Int
    let end: Int
  }

  private var texts = ByteBuffer()
  private var images: [Parts] = []
  private var videos: [Parts] = []
  private var path = ByteBuffer()
  private var name = ByteBuffer()

  /// The members read of an object.
  package static let fields: [Field] = [.key, .keyBase64, .media]

  /// - Parameters:
  ///   - images: presets for images; none leaves images out.
  ///   - videos: presets for videos; none leaves videos out.
  package init(base: BaseURL, images: [Preset], videos: [Preset], format: VideoURLFormat) {
    self.images = images.map { parts(URLTemplate($0, base: base, format: format)) }
    self.videos = videos.map { parts(URLTemplate($0, base: base, format: format)) }
  }

  private func parts(_ template: URLTemplate) -> Parts {
    let start = texts.count
    texts.append(template.prefix)
    let key = texts.count
    texts.append(template.suffix)
    return Parts(start: start, key: key, end: texts.count)
  }

  /// Writes the requests for `object`.
  package func expand(_ object: Record, to output: Output) throws(BadRecord) {
    let key = try storedName(of: object)
    guard !key.isEmpty else { throw BadRecord("“key” is empty") }
    let media = try media(of: object, key: key)
    let templates = media == .image ? images : media == .video ? videos : []
    guard !templates.isEmpty else { return leftOut += 1 }
    path.removeAll()
    path.append(percentEncoded: key)
    // Without other members there is nothing to put a comma behind.
    let comma = object.body.count == 1 ? 1 : 0
    for parts in templates {
      let before = texts.bytes.slice(parts.start + comma, parts.key)
      output.append(record: object.body, before, path.bytes, texts.bytes.slice(parts.key, parts.end))
    }
  }

  private func storedName(of object: Record) throws(BadRecord) -> Bytes {
    guard object.has(.keyBase64) else { return try object.required(.key) }
    name.removeAll()
    guard name.append(decodingBase64: try object.required(.keyBase64)) else {
      throw BadRecord("“key_base64” is not base64")
    }
    return name.bytes
  }

  private func media(of object: Record, key: Bytes) throws(BadRecord) -> Media {
    guard object.has(.media) else { return Media(key: key) }
    guard let media = Media(name: try object.required(.media)) else {
      throw BadRecord("“media” is none of image, video, audio, other")
    }
    return media
  }
}
