import ArgumentParser

/// `a,b,c`: an option's list of words; blanks around a word and empty words are dropped.
package struct CommaList: ExpressibleByArgument, Sendable, Equatable {
  package let words: [String]

  package init(_ words: [String]) { self.words = words }

  package init?(argument: String) {
    words = argument.split(separator: ",").compactMap { word in
      let trimmed = word.drop { $0 == " " }
      let end = trimmed.lastIndex { $0 != " " }
      return end.map { String(trimmed[...$0]) }
    }
  }

  package var defaultValueDescription: String { words.joined(separator: ",") }
}
