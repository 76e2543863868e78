#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string>

#include "core/decimal.hpp"
#include "core/number.hpp"
#include "runner.hpp"

namespace {

std::string formatted(float value, int digits) {
  char text[twin::kMaxFloatCharacters];
  return std::string(text, twin::formatFloat(value, digits, text));
}

std::string shortest(float value) {
  char text[twin::kMaxFloatCharacters];
  return std::string(text, twin::formatShortestFloat(value, text));
}

float parsed(const std::string& text) {
  return twin::parseFloat(reinterpret_cast<const uint8_t*>(text.data()), text.size());
}

bool readsUint32(const std::string& text, uint32_t& value) {
  return twin::parseUint32(reinterpret_cast<const uint8_t*>(text.data()), text.size(), value);
}

float randomFloat(std::mt19937& random) {
  for (;;) {
    const uint32_t bits = random();
    float value;
    memcpy(&value, &bits, sizeof value);
    if (twin::isFinite(value)) return value;
  }
}

}  // namespace

TEST("numbers are written plainly, without zeros at the end") {
  CHECK(formatted(0.0F, 7) == "0");
  CHECK(formatted(-0.0F, 7) == "0");
  CHECK(formatted(1.0F, 7) == "1");
  CHECK(formatted(-12.5F, 7) == "-12.5");
  CHECK(formatted(0.04F, 7) == "0.04");
  CHECK(formatted(123456.7F, 7) == "123456.7");
  CHECK(formatted(1e8F, 7) == "100000000");
  CHECK(formatted(9.9999999e8F, 7) == "1e9");
  CHECK(formatted(0.00001234F, 7) == "0.00001234");
  CHECK(formatted(1.234e-6F, 7) == "1.234e-6");
  CHECK(formatted(3.4028235e38F, 9) == "3.40282347e38");
  CHECK(formatted(1.4e-45F, 6) == "1.4013e-45");
}

TEST("numbers of seven digits are as near as those of the C library") {
  std::mt19937 random(1);
  for (int i = 0; i < 200000; ++i) {
    const float value = randomFloat(random);
    char expected[32];
    std::snprintf(expected, sizeof expected, "%.7g", static_cast<double>(value));
    const double wide = static_cast<double>(value);
    const double ours = std::fabs(std::strtod(formatted(value, 7).c_str(), nullptr) - wide);
    if (!CHECK(ours <= std::fabs(std::strtod(expected, nullptr) - wide) * (1.0 + 1e-7))) return;
  }
}

TEST("numbers are read as the C library reads them") {
  std::mt19937 random(2);
  for (int i = 0; i < 200000; ++i) {
    char text[64];
    const double wide = static_cast<double>(randomFloat(random));
    std::snprintf(text, sizeof text, i % 3 == 0 ? "%.17g" : i % 3 == 1 ? "%.3e" : "%.12g", wide);
    if (!CHECK(parsed(text) == std::strtof(text, nullptr))) return;
  }
  CHECK(std::isinf(parsed("1e39")) && std::isinf(parsed("-1e999999999999")) && parsed("-1e99") < 0.0F);
  CHECK(parsed("1e-999999999999") == 0.0F && parsed("0e99999") == 0.0F);
  CHECK(parsed("0." + std::string(500, '0') + "1e501") == 1.0F);
  CHECK(parsed("1" + std::string(500, '0') + "e-500") == 1.0F);
}

TEST("the shortest number reads back as the same float") {
  std::mt19937 random(3);
  for (int i = 0; i < 100000; ++i) {
    const float value = randomFloat(random);
    if (!CHECK(std::strtof(shortest(value).c_str(), nullptr) == value)) return;
  }
  CHECK(shortest(0.04F) == "0.04");
  CHECK(shortest(1.5707964F) == "1.5707964");
}

TEST("unsigned integers are exact up to 2^32-1 and nothing else is one") {
  uint32_t value = 0;
  CHECK(readsUint32("16777217", value) && value == 16777217U);
  CHECK(readsUint32("4294967295", value) && value == 4294967295U);
  CHECK(readsUint32("0", value) && value == 0);
  for (const char* text : {"4294967296", "9999999999", "10000000000", "-0", "-1", "1.0", "1e3", ""}) {
    CHECK(!readsUint32(text, value));
  }
}
