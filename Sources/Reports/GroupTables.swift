import Measure

/// One table for each set of members that there are groups by.
struct GroupTables {
  /// Lines of a table.
  private static let lineLimit = 200
  /// Lines of all tables; each has room for as many.
  private static let sumLimit = 400
  private static let tableLimit = 20

  private var tables: [(names: [String], groups: [Summary])] = []
  /// Groups by further sets of members.
  private var further = 0

  init(_ groups: [Summary]) {
    var places: [[String]: Int] = [:]
    for group in groups {
      let names = group.groupMembers.map(\.name)
      if let place = places[names] {
        tables[place].groups.append(group)
      } else if tables.count < Self.tableLimit {
        places[names] = tables.count
        tables.append((names, [group]))
      } else {
        further += 1
      }
    }
  }

  func sections(_ columns: [TableColumn<Summary>]) -> [Page.Section] {
    let limit = min(Self.lineLimit, Self.sumLimit / max(tables.count, 1))
    return tables.map { names, groups in
      let members = names.indices.map { i in
        TableColumn<Summary>(names[i], names[i]) { group in
          let members = group.groupMembers
          return i < members.count ? members[i].value : nil
        }
      }
      return Page.Section(
        "By \(names.joined(separator: ", "))",
        // No two columns have one name.
        members + columns.filter { !names.contains($0.column.name) }, of: Array(groups.prefix(limit)),
        notes: leftOut(groups.count - limit, "groups"))
    } + [Page.Section("By other members", notes: leftOut(further, "groups"))]
  }
}
