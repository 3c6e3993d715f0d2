import Records
import Toolkit

/// Which objects a listing holds: the same for every store.
package struct Selection: Sendable {
  package var filter = ObjectFilter()
  /// 1-based; nil: all.
  package var shard: Shard?
  /// Objects that an earlier listing holds in the same state are left out.
  package var known: KnownObjects?

  package init() {}
}
