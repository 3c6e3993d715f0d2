// Feeds lines to the parser of records: the spans it gives must lie within the line, kept and owned alike.
#include <csimdjson.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const char *names[] = {"key", "size", "url", "ok", ""};
  static const uint8_t owned[] = {0, 0, 1, 1, 0};
  static mt_json_parser *parser = mt_json_parser_new(names, owned, 5);
  if (size == 0) return 0;
  auto line = std::make_unique<char[]>(size + MT_JSON_PADDING);
  memcpy(line.get(), data, size);
  if (mt_json_parse(parser, line.get(), size) != MT_JSON_OK) return 0;
  const mt_json_value *values = mt_json_values(parser);
  for (int i = 0; i < 5; i++)
    if (values[i].kind != MT_JSON_ABSENT && !(values[i].start < values[i].end && values[i].end < size)) abort();
  size_t count;
  const mt_json_span *kept = mt_json_kept(parser, &count);
  for (size_t i = 0; i < count; i++)
    if (!(kept[i].start < kept[i].end && kept[i].end < size && (i == 0 || kept[i - 1].end < kept[i].start))) abort();
  return 0;
}
