#include <string>

#include "core/command.hpp"
#include "core/json-reader.hpp"
#include "core/writer.hpp"
#include "runner.hpp"

namespace {

using twin::JsonReader;
using Token = JsonReader::Token;

bool isJson(const std::string& text) {
  JsonReader json(reinterpret_cast<const uint8_t*>(text.data()), text.size());
  for (;;) {
    const Token token = json.next();
    if (token == Token::kEnd) return true;
    if (token == Token::kMalformed) {
      CHECK(json.next() == Token::kMalformed);
      return false;
    }
  }
}

std::string keys(int count) {
  std::string text = "{";
  for (int i = 0; i < count; ++i) text += (i > 0 ? ",\"" : "\"") + std::to_string(i) + "\":0";
  return text + "}";
}

twin::Command read(const std::string& text) {
  twin::Command command;
  twin::readCommand(reinterpret_cast<const uint8_t*>(text.data()), text.size(), command);
  return command;
}

std::string idOf(const twin::Command& command) { return std::string(command.id, command.idSize); }

}  // namespace

TEST("well-formed JSON is read to its end") {
  for (const char* text :
       {"0", " [ ] ", "{}", "[1,-2.5,3e8,4E-1,0.0]", "{\"a\":{\"b\":[true,false,null]},\"c\":\"\"}",
        "\"\\ud834\\udd1e\"", "[{\"a\":1},{\"a\":2}]", "{\"a\":{\"a\":{\"a\":1}}}",
        "\t{\r\n\"k\" : [ 1 , \"\\\"\\\\\\/\\b\\f\\n\\r\\t\" ] }\n", "\"\xC3\xA9\xE2\x82\xAC\xF0\x9D\x84\x9E\x7F\""}) {
    CHECK(isJson(text));
  }
}

TEST("malformed JSON is refused") {
  for (const char* text : {"",           " ",         "{",           "}",
                           "[",          "]",         "[1",          "[1,]",
                           "[,1]",       "[1 2]",     "{\"a\"}",     "{\"a\":}",
                           "{\"a\":1,}", "{,}",       "{1:2}",       "{\"a\":1]",
                           "[1}",        "1 1",       "{} {}",       "01",
                           "-",          "+1",        ".5",          "1.",
                           "1e",         "1e+",       "0x1",         "-01",
                           "NaN",        "Infinity",  "tru",         "nul",
                           "True",       "'a'",       "\"",          "\"\\",
                           "\"\\x\"",    "\"\\u12\"", "\"\\u12g4\"", "\"\n\"",
                           "\"\x01\"",   "[1]x",      "\"a",         "{\"a\":1 \"b\":2}",
                           "{\"a\",1}",  "[\"a\":1]", "//\n1"}) {
    CHECK(!isJson(text));
  }
}

TEST("what is no Unicode is refused") {
  for (const char* text :
       {"\"\\ud834\"", "\"\\udd1e\"", "\"\\ud834\\ud834\"", "\"\\ud834x\"", "\"\xC0\x80\"", "\"\xC3\"", "\"\xE2\x82\"",
        "\"\xED\xA0\x80\"", "\"\xF4\x90\x80\x80\"", "\"\xF8\x88\x80\x80\x80\"", "\"\x80\"", "\"\xE0\x80\x80\"",
        "\"\xF0\x80\x80\x80\"", "\"\xFF\""}) {
    CHECK(!isJson(text));
  }
}

TEST("depth is bounded at 8") {
  CHECK(isJson(std::string(8, '[') + std::string(8, ']')));
  CHECK(!isJson(std::string(9, '[') + std::string(9, ']')));
  CHECK(!isJson(std::string(1000, '[')));
  CHECK(isJson("[" + std::string("[[[[[[[]]]]]]],[[[[[[[]]]]]]]") + "]"));
}

TEST("a key said twice in one object is refused, however it is written") {
  CHECK(!isJson(R"({"a":1,"a":2})"));
  CHECK(!isJson(R"({"id":1,"b":{"id":2},"\u0069d":3})"));
  CHECK(!isJson(R"({"":1,"":2})"));
  CHECK(!isJson("{\"\xC3\xA9\":1,\"\\u00e9\":2}"));
  CHECK(isJson(R"({"a":1,"ab":2,"b":{"a":1},"A":3})"));
}

TEST("32 keys may be open, not more") {
  CHECK(isJson(keys(32)));
  CHECK(!isJson(keys(33)));
  CHECK(isJson("[" + keys(32) + "," + keys(32) + "]"));
  CHECK(!isJson("{\"x\":" + keys(32) + "}"));
}

TEST("a command is read in any order, between members that it does not know") {
  const auto command = read(R"( {"x":[{"id":"no"}],"signals":{"target":-1.5e-2},"ttl_ms":60000,
    "ref":4294967295,"seq":16777217,"id":"c:7:90","y":null} )");
  CHECK(command.isWellFormed && command.isTarget && idOf(command) == "c:7:90");
  CHECK(command.seq == 16777217U && command.ref == 4294967295U && command.ttlMs == 60000U);
  CHECK(command.target == -0.015F);
}

TEST("an id is text of at most 64 bytes with its escapes resolved") {
  const std::string rest = R"(,"seq":1,"ref":1,"ttl_ms":1,"signals":{"target":0}})";
  const auto escaped = read(R"({"id":"\"\\\/\b\f\n\r\t\u0000\u00e9\ud834\udd1e")" + rest);
  CHECK(escaped.isWellFormed);
  CHECK(idOf(escaped) == std::string("\"\\/\b\f\n\r\t\0\xC3\xA9\xF0\x9D\x84\x9E", 15));
  CHECK(read("{\"id\":\"" + std::string(64, 'a') + "\"" + rest).isWellFormed);
  const auto tooLong = read("{\"id\":\"" + std::string(65, 'a') + "\"" + rest);
  CHECK(!tooLong.isWellFormed && tooLong.idSize == 0);
  const auto number = read("{\"id\":7" + rest);
  CHECK(!number.isWellFormed && number.idSize == 0);
}

TEST("an id is quoted with escapes") {
  uint8_t bytes[64];
  twin::Writer writer(bytes, sizeof bytes);
  writer.quoted("\"\\\n\x01\xC3\xA9\0z", 8);
  CHECK(std::string(bytes, bytes + writer.size()) == "\"\\\"\\\\\\u000a\\u0001\xC3\xA9\\u0000z\"");
}

TEST("a writer that is full keeps whole pieces and says so") {
  uint8_t bytes[4];
  twin::Writer writer(bytes, sizeof bytes);
  writer.text("abc");
  CHECK(writer.isWhole());
  writer.text("de");
  CHECK(!writer.isWhole() && writer.size() == 3);
}

TEST("a spoilt command is malformed, and its id is still told") {
  const auto with = [](const char* members) { return read(std::string("{\"id\":\"i\",") + members + "}"); };
  const char* const good = R"("seq":1,"ref":2,"ttl_ms":3,"signals":{"target":0})";
  CHECK(with(good).isWellFormed);
  for (const char* members :
       {R"("ref":2,"ttl_ms":3,"signals":{"target":0})", R"("seq":1,"ttl_ms":3,"signals":{"target":0})",
        R"("seq":1,"ref":2,"signals":{"target":0})", R"("seq":1,"ref":2,"ttl_ms":3)",
        R"("seq":1.0,"ref":2,"ttl_ms":3,"signals":{"target":0})",
        R"("seq":1e2,"ref":2,"ttl_ms":3,"signals":{"target":0})",
        R"("seq":4294967296,"ref":2,"ttl_ms":3,"signals":{"target":0})",
        R"("seq":"1","ref":2,"ttl_ms":3,"signals":{"target":0})",
        R"("seq":-1,"ref":2,"ttl_ms":3,"signals":{"target":0})", R"("seq":1,"ref":2,"ttl_ms":0,"signals":{"target":0})",
        R"("seq":1,"ref":2,"ttl_ms":60001,"signals":{"target":0})", R"("seq":1,"ref":2,"ttl_ms":3,"signals":[])",
        R"("seq":1,"ref":2,"ttl_ms":3,"signals":{"target":"0"})",
        R"("seq":1,"ref":2,"ttl_ms":3,"signals":{"target":null})", R"("seq":{"a":[]},"ref":2,"ttl_ms":3,"signals":{}) ",
        R"("seq":1,"seq":2,"ref":2,"ttl_ms":3,"signals":{"target":0})"}) {
    const auto command = with(members);
    CHECK(!command.isWellFormed && idOf(command) == "i");
  }
  CHECK(read("{\"seq\":{\"a\":[1]},\"id\":\"late\"}").idSize == 4);
  CHECK(!read(std::string("{\"id\":\"i\",") + good + "}x").isWellFormed);
  CHECK(!read("[]").isWellFormed && !read("").isWellFormed);
}

TEST("only a command of the one signal target is one for the joint") {
  const auto signals = [](const char* text) {
    return read(std::string(R"({"id":"i","seq":1,"ref":2,"ttl_ms":3,"signals":)") + text + "}");
  };
  for (const char* text : {"{}", R"({"led":true})", R"({"target":1,"led":true})", R"({"led":{"a":[1]},"target":1})"}) {
    CHECK(signals(text).isWellFormed && !signals(text).isTarget);
  }
}
