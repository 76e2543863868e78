#include "material.hpp"

#include <cstdio>

namespace fuzz {
namespace {

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.9g", value);
  return text;
}

std::string goodTarget(const World& world, Random& random) {
  const double lower = static_cast<double>(world.config.lower);
  const double upper = static_cast<double>(world.config.upper);
  const uint32_t share = random.oneIn(8) ? 1000 * random.below(2) : random.below(1001);
  return share == 0 ? number(lower) : share == 1000 ? number(upper) : number(lower + (upper - lower) * share / 1000.0);
}

std::string command(const std::string& id, uint32_t seq, uint32_t ref, const std::string& ttl,
                    const std::string& signals) {
  return "{\"id\":" + id + ",\"seq\":" + std::to_string(seq) + ",\"ref\":" + std::to_string(ref) +
         ",\"ttl_ms\":" + ttl + ",\"signals\":" + signals + "}";
}

const char* const ids[] = {
    "\"c:7:90\"",
    "\"\"",
    R"("\"\\\/\b\f\n\r\t\u0000\u001f")",
    R"("\ud834\udd1e\u00e9")",
    R"("\ud834")",
    "\"\xC3\xA9\xF0\x9D\x84\x9E\"",
    "\"\xC3\"",
    "7",
    "null",
    "{\"id\":\"x\"}",
    "\"\x7F\"",
    "\"0123456789012345678901234567890123456789012345678901234567890123\"",
    "\"01234567890123456789012345678901234567890123456789012345678901234\"",
    R"("\u0001\u0001\u0001\u0001\u0001\u0001\u0001\u0001\u0001\u0001\u0001\u0001\u0001\u0001\u0001\u0001")"};
const char* const numbers[] = {"0",
                               "1",
                               "-1",
                               "4294967295",
                               "4294967296",
                               "2147483648",
                               "16777217",
                               "1.0",
                               "1e1",
                               "1e999",
                               "-1e999",
                               "1e-999",
                               "-0",
                               "0.5",
                               "01",
                               "1.",
                               ".1",
                               "+1",
                               "1e",
                               "\"1\"",
                               "true",
                               "null",
                               "[]",
                               "{}",
                               "99999999999999999999999999999999999999",
                               "0.00000000000000000000000000000000000000000000001",
                               "NaN",
                               "3.4028236e38",
                               "1e38",
                               "60000",
                               "60001",
                               "250"};
const char* const values[] = {"0",
                              "[[[[[[[[]]]]]]]]",
                              "[[[[[[[1]]]]]]]",
                              "{\"a\":{\"b\":[1,2,{\"c\":null}]}}",
                              "\"text\"",
                              "true",
                              "[1,2",
                              "{\"a\":1,\"a\":2}",
                              "\"\\u12\"",
                              "[]",
                              "{}",
                              "nul",
                              "-"};
const char* const keys[] = {"\"id\"", "\"seq\"", "\"ref\"",    "\"ttl_ms\"", "\"signals\"",  "\"\\u0069d\"",
                            "\"x\"",  "\"\"",    "\"target\"", "\"se\"",     "\"signals \"", "x"};
const char* const signals[] = {"{}",
                               "{\"target\":1e9}",
                               "{\"led\":true}",
                               "{\"target\":0.01,\"led\":1}",
                               "{\"t\\u0061rget\":0.01}",
                               "{\"target\":0.01,\"target\":0.02}",
                               "{\"target\":\"0\"}",
                               "{\"target\":null}",
                               "[]",
                               "0",
                               "{\"target\"}",
                               "{\"target\":-1e999}",
                               "{\"target\":{\"target\":0}}",
                               "{\"duty\":1}"};

std::string space(Random& random) { return random.oneIn(8) ? random.pick({" ", "\n", "\t\r ", "  "}) : ""; }

std::string anyMember(World& world, Random& random, uint32_t which) {
  const uint32_t newest = world.device.nextTelemetry() - 1U;
  switch (which) {
    case 0: return std::string("\"id\":") + (random.oneIn(3) ? random.pick(ids) : "\"c\"");
    case 1:
      return "\"seq\":" + (random.oneIn(3) ? random.pick(numbers) : std::to_string(world.sequence + random.below(3)));
    case 2:
      return "\"ref\":" +
             (random.oneIn(3) ? random.pick(numbers) : std::to_string(newest - random.below(9) + random.below(2)));
    case 3: return std::string("\"ttl_ms\":") + (random.oneIn(3) ? random.pick(numbers) : "200");
    case 4:
      return "\"signals\":" +
             (random.oneIn(3) ? random.pick(signals) : "{\"target\":" + goodTarget(world, random) + "}");
    default: {
      const std::string key = random.oneIn(16) ? random.pick(keys) : "\"k" + std::to_string(random.below(1000)) + '"';
      return key + ":" + (random.oneIn(16) ? random.pick(values) : "0");
    }
  }
}

void mutateOnce(std::string& bytes, const std::vector<size_t>& starts, Random& random) {
  const uint32_t size = static_cast<uint32_t>(bytes.size());
  if (size == 0) return;
  const uint32_t at = random.below(size);
  const uint32_t length = 1 + random.below(random.oneIn(4) ? size : 8);
  switch (random.below(9)) {
    case 0: bytes[at] = static_cast<char>(bytes[at] ^ (1U << random.below(8))); break;
    case 1: bytes[at] = static_cast<char>(random.next()); break;
    case 2: bytes.resize(at); break;
    case 3: bytes.erase(at, length); break;
    case 4: bytes.insert(at, bytes.substr(random.below(size), length)); break;
    case 5: bytes.insert(at, length, static_cast<char>(random.next())); break;
    case 6:
      bytes[at] = random.pick({'\0', '"', '\\', '{', '}', '[', ']', ',', ':', '-', 'e', '\x7F', '\x80', '\xFF'});
      break;
    case 7:
    case 8: {
      // A false length: of a packet, or of the topic behind it.
      if (starts.empty()) break;
      const size_t start =
          random.pick({starts.front(), starts.back(), starts[random.below(static_cast<uint32_t>(starts.size()))]});
      const size_t place = start + 1 + random.below(4);
      if (place < bytes.size())
        bytes[place] =
            random.oneIn(2) ? random.pick({'\0', '\1', '\x7F', '\x80', '\xFF'}) : static_cast<char>(random.next());
      break;
    }
    default: break;
  }
}

}  // namespace

void addGreeting(Stream& stream) {
  stream.add(std::string("\x20\x02\x00\x00", 4));
  stream.add(std::string("\x90\x03\x00\x01\x00", 5));
  stream.add(std::string("\x40\x02\x00\x02", 4));
  stream.add(std::string("\x40\x02\x00\x03", 4));
}

std::string publish(const World& world, const std::string& payload, bool isRetained) {
  const std::string topic = std::string("twin/v1/") + world.config.id + "/command";
  size_t size = 2 + topic.size() + payload.size();
  std::string packet(1, isRetained ? '\x31' : '\x30');
  do {
    packet += static_cast<char>((size & 127) | (size > 127 ? 128 : 0));
    size >>= 7;
  } while (size > 0);
  packet += '\0';
  packet += static_cast<char>(topic.size());
  return packet + topic + payload;
}

std::string goodCommand(World& world, Random& random) {
  const std::string signals = "{\"target\":" + goodTarget(world, random) + "}";
  return command("\"good\"", ++world.sequence, world.device.nextTelemetry() - 1U, "250", signals);
}

std::string oddCommand(World& world, Random& random) {
  if (random.oneIn(40)) return std::string(1 + random.below(4000), random.pick({'[', ' ', '"', '{', '\\', 'a'}));
  std::string text = "{";
  const uint32_t first = random.below(5);
  const uint32_t count = random.oneIn(4) ? random.below(40) : 5;
  for (uint32_t i = 0; i < count; ++i) {
    if (i > 0) text += random.oneIn(200) ? ";" : ",";
    const uint32_t which = random.oneIn(12) ? random.below(7) : i < 5 ? (first + i) % 5 : 5;
    text += space(random) + anyMember(world, random, which) + space(random);
  }
  return text + (random.oneIn(60) ? "" : "}") + (random.oneIn(100) ? "}" : "");
}

void mutate(Stream& stream, Random& random) {
  const uint32_t times = 1 + random.below(random.oneIn(4) ? 12 : 3);
  for (uint32_t i = 0; i < times; ++i) mutateOnce(stream.bytes, stream.starts, random);
}

void mutate(std::string& text, Random& random) {
  const uint32_t times = 1 + random.below(3);
  for (uint32_t i = 0; i < times; ++i) mutateOnce(text, {}, random);
}

}  // namespace fuzz
