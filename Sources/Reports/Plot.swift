import Records

extension Page {
  /// A picture. Formats without pictures leave it out, so it shows nothing that no table has; JSON has its data, and
  /// plain text has simple bars.
  package enum Plot: Sendable {
    /// Shares of values that are at most so large: cumulative curves over a logarithmic axis, with marked values.
    case distribution(Distribution)
    /// Values over time.
    case timeline(Timeline)
    /// One bar for each category, its parts by series.
    case bars(Bars)
  }

  package struct Distribution: Sendable {
    package let title: String
    package let unit: Unit
    /// Points (value > 0, share 0 to 1), both rising.
    package let curves: [(name: String, points: [(value: Double, share: Double)])]
    /// Vertical lines with labels, such as p50 and p90.
    package let marks: [(name: String, value: Double)]

    package init(
      title: String, unit: Unit, curves: [(name: String, points: [(value: Double, share: Double)])],
      marks: [(name: String, value: Double)] = []
    ) {
      self.title = title
      self.unit = unit
      self.curves = curves
      self.marks = marks
    }
  }

  package struct Timeline: Sendable {
    package let title: String
    package let start: Timestamp
    package let intervalSeconds: Double
    /// Values by interval; nil: nothing happened. The series of one unit share a panel, panels stand one below another.
    package let series: [(name: String, unit: Unit, tone: Tone, values: [Double?])]

    package init(
      title: String, start: Timestamp, intervalSeconds: Double,
      series: [(name: String, unit: Unit, tone: Tone, values: [Double?])]
    ) {
      self.title = title
      self.start = start
      self.intervalSeconds = intervalSeconds
      self.series = series
    }
  }

  package struct Bars: Sendable {
    package enum Layout: String, CaseIterable, Sendable {
      case stacked
      /// Each bar is the whole: its parts are shown as shares of it.
      case stackedShares = "stacked_shares"
      case sideBySide = "side_by_side"
    }

    package let title: String
    package let layout: Layout
    /// Of the values, also where their shares are shown.
    package let unit: Unit
    package let categories: [String]
    /// Values by category, 0 or more.
    package let series: [(name: String, tone: Tone, values: [Double])]

    package init(
      title: String, layout: Layout, unit: Unit, categories: [String],
      series: [(name: String, tone: Tone, values: [Double])]
    ) {
      self.title = title
      self.layout = layout
      self.unit = unit
      self.categories = categories
      self.series = series
    }
  }

  /// What a colour says; `plain` are the colours of series that mean nothing by themselves, from 0.
  package enum Tone: Sendable, Equatable {
    case good, bad, warning, neutral
    case plain(Int)
  }
}
