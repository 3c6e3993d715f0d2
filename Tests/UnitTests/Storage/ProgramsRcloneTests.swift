import Records
import Testing

@testable import Storage

@Suite struct ProgramsRcloneTests {
  @Test(arguments: [
    ("r:", "r", [], ""), ("r:b/c", "r", [], "b/c"), (":local:/a:b,c", ":local", [], "/a:b,c"),
    ("r,a=1,b:x", "r", ["a=1", "b"], "x"), (":http,url='http://h:1/,':p", ":http", ["url='http://h:1/,'"], "p"),
    (":x,a=\"it's\",b='it''s: ':p", ":x", ["a=\"it's\"", "b='it''s: '"], "p"), ("r,a=it's:p", "r", ["a=it's"], "p"),
    ("r:\u{301}x", "r", [], "\u{301}x"),
  ])
  func readsRemotes(text: String, name: String, options: [String], path: String) {
    let remote = RcloneRemote(text)
    #expect(remote?.name == name && remote?.options == options)
    #expect(remote.map { Array($0.path.utf8) } == Array(path.utf8))
  }

  @Test(arguments: ["", ":", "r", "/a/b", "r,a='x:y", "::x", ",a=1:x"])
  func refusesWhatIsNoRemote(text: String) { #expect(RcloneRemote(text) == nil) }

  @Test(arguments: [
    ("r:", "rclone:r:", "r,encoding=None:", "r,encoding=None:"),
    ("r:b", "rclone:r:b/", "r,encoding=None:b/", "r,encoding=None:b"),
    ("r:b//", "rclone:r:b/", "r,encoding=None:b/", "r,encoding=None:b"),
    ("r:/", "rclone:r:/", "r,encoding=None:/", "r,encoding=None:/"),
    ("r,encoding=Slash:b", "rclone:r,encoding=Slash:b/", "r,encoding=Slash:b/", "r,encoding=Slash:b"),
    (
      ":s3,provider=Ceph,secret_access_key=x,endpoint='http://h':b", "rclone::s3,provider=Ceph,endpoint='http://h':b/",
      ":s3,provider=Ceph,secret_access_key=x,endpoint='http://h',encoding=None:b/",
      ":s3,provider=Ceph,secret_access_key=x,endpoint='http://h',encoding=None:b"
    ),
    (
      ":http,url='http://me:word@h/':", "rclone::http:", ":http,url='http://me:word@h/',encoding=None:",
      ":http,url='http://me:word@h/',encoding=None:"
    ),
  ])
  func namesSourceAndArguments(text: String, source: String, directory: String, file: String) {
    let remote = RcloneRemote(text)
    #expect(remote?.source == source)
    #expect(remote?.argument(asDirectory: true) == directory)
    #expect(remote?.argument(asDirectory: false) == file)
  }

  @Test(arguments: [
    ("r", "b", "d", "r:b/d"), ("r:", "b/", "/d/", "r:b/d/"), ("r", "", "d", "r:d"), ("r", "b", "", "r:b"),
    ("r", "", "", "r:"), ("r", "/srv", "d", "r:/srv/d"), ("r", "/", "d", "r:/d"), ("r", "b//", "//d//e", "r:b/d//e"),
    (":local", "/a b", "", ":local:/a b"), ("r:base", "b", "d", "r:base/b/d"), ("r:base/", "", "d", "r:base/d"),
  ])
  func joins(remote: String, bucket: String, directory: String, joined: String) {
    #expect(RcloneRemote.joined(remote: remote, bucket: bucket, directory: directory) == joined)
  }

  @Test func joinsWhatIsNotGiven() {
    #expect(RcloneRemote.joined(remote: "r", bucket: nil, directory: nil) == "r:")
    #expect(RcloneRemote.joined(remote: "r", bucket: nil, directory: "/d") == "r:/d")
  }

  /// What the encoders of rclone make of the names on the right, with no encoding of the backend.
  @Test(arguments: [
    ("a/b.jpg", "a/b.jpg"), ("nl␊x␉tab␁.jpg", "nl\nx\ttab\u{1}.jpg"), ("del␡", "del\u{7F}"), ("nul␀", "nul\0"),
    ("pic‛␊raw", "pic␊raw"), ("‛‛x", "‛x"), ("‛‛‛␊", "‛␊"), ("x‛", "x‛"), ("‛x", "‛x"), ("‛é", "‛é"),
    ("．/x", "./x"), ("a/．．/b", "a/../b"), ("‛．/x", "．/x"), ("‛．‛．", "．．"), ("a．b", "a．b"), ("．．．", "．．．"),
    ("a／b", "a／b"), ("a‛／b", "a／b"), ("␠␢␤", "␠␢␤"), ("日本/テスト␊", "日本/テスト\n"), ("", ""), ("/␊//␊", "/\n//\n"),
  ])
  func decodesNames(path: String, name: String) {
    #expect(Array(written { out in lend(path) { out.append(rclonePath: $0) } }.utf8) == Array(name.utf8))
  }

  private func listed(_ lines: String..., root: String = "r:d") throws -> String {
    let reader = RcloneLines(try #require(RcloneRemote(root)), Selection())
    let chunk = Chunk()
    for line in lines { _ = try lend(line) { try reader.append($0, to: chunk) } }
    if reader.holdsOnlyObject { return "a file?" }
    if let path = reader.takeBrokenPath() { return "broken \(path)" }
    return chunk.lines.bytes.string + (reader.isWhole ? "" : "unfinished")
  }

  @Test func readsObjects() throws {
    let time = "2026-01-02T04:04:05.678901234+01:00"
    #expect(
      try listed("[", #"{"Path":"a/b.jpg","Name":"b.jpg","Size":5,"ModTime":"\#(time)","Tier":"COOL"},"#, "]")
        == #"{"key":"a/b.jpg","size":5,"mtime":"2026-01-02T03:04:05.678Z","storage_class":"COOL","media":"image","#
        + #""source":"rclone:r:d/"}"# + "\n")
    for unknown in [#""Size":-1,"ModTime":"""#, #""Size":-1,"ModTime":"1970-01-01T00:00:00Z""#, #""Tier":"""#] {
      #expect(
        try listed("[", #"{"Path":"a",\#(unknown)}"#, "]") == #"{"key":"a","media":"other","source":"rclone:r:d/"}"#
          + "\n")
    }
    #expect(try listed("[", "]") == "")
    #expect(try listed("[", #"{"Path":"a","IsDir":true}"#, "]") == "")
    #expect(try listed("[") == "unfinished")
  }

  @Test func refusesOtherLines() {
    for line in ["{", #"{"Path":3}"#, #"{"Path":"cut"#, "Transferred: 0"] {
      #expect(throws: BadRecord.self) { try listed("[", line) }
    }
    #expect(throws: BadRecord.self) { try listed(#"{"Path":"a"}"#) }
    #expect(throws: BadRecord.self) { try listed("[", "]", #"{"Path":"a"}"#) }
  }

  @Test func knowsNamesThatAreNotWhole() throws {
    #expect(try listed("[", #"{"Path":"a\ufffd"}"#) == "broken a\u{FFFD}")
    for path in [#"a\\ufffd"#, "a\u{FFFD}", #"\\\\ufffd"#, #"\"ufffd"#] {
      #expect(try listed("[", #"{"Path":"\#(path)"}"#, "]").hasPrefix(#"{"key":"#), "\(path)")
    }
  }

  @Test func knowsWhatMayBeAFile() throws {
    #expect(try listed("[", #"{"Path":"x.jpg"}"#, "]", root: "r:d/x.jpg/") == "a file?")
    #expect(
      try listed("[", #"{"Path":"x"},"#, #"{"Path":"y"}"#, "]", root: "r:d/x").split(separator: "\n").count == 2)
  }
}
