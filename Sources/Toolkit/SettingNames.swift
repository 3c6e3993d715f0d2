/// The names that settings may have: the options of all tools, since one file serves all. A test holds this list against
/// the tools.
package enum SettingNames {
  package static let all: Set<String> = [
    "base-url", "cacert", "connect-timeout", "connection-close-delay", "derivatives", "exclude",
    "extensions", "follow-symlinks", "format", "header", "image-variants", "include", "insecure", "keep-failed",
    "limit",
    "list-variants", "log-format", "max-redirects", "max-size", "media-type", "min-size", "newer-than", "older-than",
    "on-bad-line", "output", "progress", "quiet", "rejects", "resume", "retry", "retry-max-delay", "shard", "since",
    "addressing-style", "bucket", "directory", "endpoint-url", "exclude-directories", "list-concurrency",
    "no-sign-request", "ordered", "profile", "region", "remote", "request-payer", "use-aws-cli", "versions",
    "adaptive", "any-content-type", "bandwidth", "bearer-token-file", "cache-limit", "cert", "checksum", "connect-to",
    "cookie", "cookie-file", "dry-run", "expect-status", "give-up-after", "header-file", "http-version", "interface",
    "ipv4", "ipv6", "key", "large-file-workers", "max-bytes", "medium-file-threshold", "medium-file-workers", "method",
    "min-workers", "no-proxy", "optimize-by-size", "per-host", "pop", "proxy", "purge-chunk", "purge-command",
    "purge-method", "range", "range-above", "rate", "resolver", "small-file-threshold", "small-file-workers",
    "transport", "until-hit", "use-head-for-size",
    "summary", "timeout", "type", "url-format", "user-agent", "verbose", "workers", "by", "grace",
    "baseline", "compare", "differences", "every", "fail-if", "ignore-settings", "kv-hyphens", "kv-key-pattern",
    "max-groups", "memory", "merge", "noise", "setting", "size-threshold", "top", "window",
  ]
}
