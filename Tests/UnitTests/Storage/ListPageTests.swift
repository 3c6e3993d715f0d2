import Records
import Testing

@testable import Storage

@Suite struct ListPageTests {
  private func page(
    _ xml: String, root: String = "", hasVersions: Bool = false, split: Int = .max, decodes: Bool = true
  ) -> (page: ListPage, isWhole: Bool) {
    let page = ListPage(
      ObjectLines(Selection()), source: "s3://b/\(root)", root: Array(root.utf8), hasVersions: hasVersions)
    let reader = XMLReader(page)
    page.restart()
    page.decodesKeys = decodes
    reader.restart()
    var isWhole = true
    lend(xml) { bytes in
      var start = 0
      while start < bytes.count {
        let end = min(bytes.count, split == .max ? bytes.count : start + split)
        isWhole = isWhole && reader.read(bytes.slice(start, end))
        start = end
      }
    }
    return (page, isWhole && reader.finish())
  }

  private let whole = """
    <?xml version="1.0" encoding="UTF-8"?>
    <ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name><Prefix>d%2F</Prefix>
    <IsTruncated>true</IsTruncated><EncodingType>url</EncodingType><NextContinuationToken>1a+/=</NextContinuationToken>
    <Contents><Key>d/</Key><Size>0</Size></Contents>
    <Contents><Key>d/a+b%2Bc%25%01%C3%A9.jpg</Key><LastModified>2026-03-01T12:00:00.000Z</LastModified>
    <ETag>&quot;d41d8-2&quot;</ETag><Size>5000000000000</Size><StorageClass>GLACIER</StorageClass>
    <Owner><ID>x</ID><Key>no key</Key></Owner></Contents>
    </ListBucketResult>
    """

  @Test(arguments: [1, 2, 7, 64, Int.max])
  func readsAPageInPieces(of size: Int) {
    let (page, isWhole) = page(whole, root: "d/", split: size)
    #expect(isWhole && page.isListing && page.isTruncated && page.isEncoded && !page.isUnordered)
    #expect(page.nextToken == "1a+/=")
    #expect(page.count == 2)
    #expect(page.lastKey.string == "d/a b+c%\u{1}é.jpg")
    let lines = page.takeLines(ofFirst: 2)
    #expect(
      lines.lines.bytes.string
        == "{\"key\":\"a b+c%\\u0001é.jpg\",\"size\":5000000000000,\"mtime\":\"2026-03-01T12:00:00.000Z\""
        + ",\"etag\":\"d41d8-2\",\"storage_class\":\"GLACIER\",\"media\":\"image\",\"source\":\"s3://b/d/\"}\n")
  }

  @Test func takesWhatIsBeforeAKey() {
    let keys = ["a", "b", "b/c", "c"].map { "<Contents><Key>\($0)</Key></Contents>" }.joined()
    let (page, _) = page("<ListBucketResult>\(keys)</ListBucketResult>")
    for (upper, count) in [("", 0), ("a", 1), ("aa", 1), ("b", 2), ("b/c", 3), ("bz", 3), ("z", 4)] {
      #expect(page.count(upTo: Array(upper.utf8)) == count)
    }
    let lines = page.takeLines(ofFirst: 2)
    #expect(lines.count == 2)
    #expect(lines.lines.bytes.string.contains("\"b\"") && !lines.lines.bytes.string.contains("\"b/c\""))
  }

  @Test func plainKeysStayAsTheyAre() {
    let (page, _) = page("<ListBucketResult><Contents><Key>a+%41</Key></Contents></ListBucketResult>", decodes: false)
    #expect(page.lastKey.string == "a+%41")
    #expect(!page.isEncoded)
  }

  @Test func seesDisorder() {
    func unordered(_ keys: [String], versions: Bool = false) -> Bool {
      let tag = versions ? "Version" : "Contents"
      let xml = keys.map { "<\(tag)><Key>\($0)</Key></\(tag)>" }.joined()
      return page("<ListBucketResult>\(xml)</ListBucketResult>", hasVersions: versions).page.isUnordered
    }
    #expect(!unordered(["a", "a!", "aa", "b", "é", "日"]))
    #expect(unordered(["b", "a"]))
    #expect(unordered(["a", "a"]))
    #expect(!unordered(["a", "a"], versions: true))
    #expect(unordered(["B", "a", "C"]))
  }

  @Test func versionsAndDeleteMarkers() {
    let (page, isWhole) = page(
      """
      <ListVersionsResult><IsTruncated>true</IsTruncated><NextKeyMarker>a%20b</NextKeyMarker>
      <NextVersionIdMarker>v2</NextVersionIdMarker>
      <DeleteMarker><Key>a+b</Key><VersionId>v3</VersionId><IsLatest>true</IsLatest></DeleteMarker>
      <Version><Key>a+b</Key><VersionId>v2</VersionId><IsLatest>false</IsLatest><Size>1</Size></Version>
      </ListVersionsResult>
      """, hasVersions: true)
    #expect(isWhole && page.count == 2)
    #expect(page.nextKeyMarker == Array("a b".utf8) && page.nextVersionMarker == "v2")
    let line = page.takeLines(ofFirst: 2).lines.bytes.string
    #expect(
      line
        == "{\"key\":\"a b\",\"size\":1,\"version_id\":\"v2\",\"is_latest\":false,\"media\":\"other\",\"source\":\"s3://b/\"}\n"
    )
  }

  @Test func errors() {
    let (page, isWhole) = page(
      "<Error><Code>PermanentRedirect</Code><Message>elsewhere</Message><Region>eu-west-1</Region></Error>")
    #expect(isWhole && !page.isListing)
    #expect(page.error == ListPage.ErrorAnswer(code: "PermanentRedirect", message: "elsewhere", region: "eu-west-1"))
  }

  @Test(arguments: [
    "", "<ListBucketResult>", "<ListBucketResult><Contents><Key>a</Key></Contents>", "no XML",
    "<ListBucketResult></ListBucketResult><more/>", "<ListBucketResult><Key></ListBucketResult>",
    "<!DOCTYPE x [<!ENTITY a \"aaaa\">]><ListBucketResult>&a;</ListBucketResult>",
    "<ListBucketResult><Contents><Key>\u{1}</Key></Contents></ListBucketResult>",
  ])
  func refusesWhatIsNotWhole(xml: String) { #expect(!page(xml).isWhole) }

  @Test(arguments: [1, 3, 1 << 20])
  func charactersThatXMLDoesNotHave(split: Int) {
    let (page, isWhole) = page(
      "<ListBucketResult><NextContinuationToken>a&#x01;&amp;&#31;b&#x41;&#10;</NextContinuationToken></ListBucketResult>",
      split: split)
    #expect(isWhole)
    #expect(page.nextToken == "a?&?bA\n")
  }

  @Test(arguments: [
    "<Contents></Contents>", "<Contents><Key></Key></Contents>", "<Contents><Key>e/a</Key></Contents>",
    "<Contents><Key>d</Key></Contents>",
  ])
  func keysThatWereNotAskedFor(entry: String) {
    #expect(page("<ListBucketResult>\(entry)</ListBucketResult>", root: "d/").page.hasStrangeKeys)
  }

  @Test func refusesWhatHasNoEnd() {
    #expect(!page("<ListBucketResult>" + String(repeating: "<a>", count: 1 << 20)).isWhole)
    #expect(!page("<ListBucketResult><Contents><Key>" + String(repeating: "a", count: 2 << 20)).isWhole)
    #expect(
      !page("<ListBucketResult>" + String(repeating: "<Contents/>", count: 7 << 20) + "</ListBucketResult>").isWhole)
  }

  @Test func everyPrefixOfAPageIsRefused() {
    let bytes = Array(whole.utf8)
    for length in 0..<(bytes.count - 1) {
      #expect(!page(String(decoding: bytes[..<length], as: UTF8.self)).isWhole)
    }
  }
}
