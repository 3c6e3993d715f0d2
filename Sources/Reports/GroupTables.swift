import Measure

/// One table for each set of members that there are groups by.
struct GroupTables {
  /// Lines of a table.
  private static let limit = 200

  private var tables: [(names: [String], groups: [Summary])] = []

  init(_ groups: [Summary]) {
    for group in groups {
      let names = group.groupMembers.map(\.name)
      if let i = tables.firstIndex(where: { $0.names == names }) {
        tables[i].groups.append(group)
      } else {
        tables.append((names, [group]))
      }
    }
  }

  func sections(_ columns: [TableColumn<Summary>]) -> [Page.Section] {
    tables.map { names, groups in
      let members = names.indices.map { i in
        TableColumn<Summary>(names[i], names[i]) { group in
          let members = group.groupMembers
          return i < members.count ? members[i].value : nil
        }
      }
      let missing = groups.count - Self.limit
      return Page.Section(
        "By \(names.joined(separator: ", "))",
        // No two columns have one name.
        members + columns.filter { !names.contains($0.column.name) }, of: Array(groups.prefix(Self.limit)),
        notes: missing > 0 ? ["\(missing) further groups are left out; the summary has them."] : [])
    }
  }
}
