import Glibc

/// The limit of open files, setrlimit(2).
package enum FileDescriptorLimit {
  /// Raises the soft limit for `connections`: so far that there is room for as many more that are kept for reuse, and for
  /// lookups of names, if the hard limit lets it. Returns how many it allows, with a quarter more in any case.
  package static func raise(for connections: Int, _ console: Console) -> Int {
    let spare = 16
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    let wanted = rlim_t(4 * connections + spare)
    if limit.rlim_cur < wanted {
      limit.rlim_cur = min(wanted, limit.rlim_max)
      setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
      getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
    let allowed = max(1, (Int(min(limit.rlim_cur, 1 << 30)) - spare) * 4 / 5)
    guard allowed < connections else { return connections }
    console.warning(
      "only \(allowed) of \(connections) workers: the limit of open files is \(limit.rlim_cur) (ulimit -n)")
    return allowed
  }
}
