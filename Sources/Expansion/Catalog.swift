import Records
import Toolkit

/// The derivatives that can be asked for by name, from the tables of facts.
package enum Catalog {
  package static let videos: [Preset] = Table(PackageResources.video_derivatives_tsv).rows.map { row in
    let extra =
      row.count > 3 ? row[3].split(separator: " ").compactMap { Preset.Parameter(String($0), separator: "=") } : []
    return Preset(video: row[0], width: Int(row[1]) ?? 0, height: Int(row[2]) ?? 0, parameters: extra)
  }

  package static let images: [Preset] = Table(PackageResources.image_variants_tsv).rows.map { row in
    Preset(
      image: row[0], placement: Preset.Placement(rawValue: row[1]) ?? .query,
      parameters: row[2].split(separator: " ").compactMap { Preset.Parameter(String($0), separator: "=") })
  }

  /// The presets of these names, each once; an unknown name is a usage error that lists near ones.
  package static func presets(_ names: [String], in known: [Preset], option: String) throws(Failure) -> [Preset] {
    var found: [Preset] = []
    for name in names {
      guard let preset = known.first(where: { $0.name == name }) else {
        let near = suggestion(for: name, in: known.map(\.name))
        throw Failure(option: option, "no variant is named “\(name)”\(near) (--list-variants lists all)")
      }
      if !found.contains(preset) { found.append(preset) }
    }
    return found
  }

  /// All presets as tab-separated lines: media, name, placement, parameters.
  package static var listing: String {
    (videos + images).map { preset in
      let size = preset.media == .video ? ["width=\(preset.width ?? 0)", "height=\(preset.height ?? 0)"] : []
      let parameters = (size + preset.parameters.map(\.text)).joined(separator: " ")
      return "\(preset.media.rawValue)\t\(preset.name)\t\(preset.placement.rawValue)\t\(parameters)\n"
    }.joined()
  }
}
