#include "decimal.hpp"

#include "memory.hpp"
#include "number.hpp"

namespace twin {
namespace {

// A positive number as mantissa · 2^exponent with the mantissa in 2^59 … 2^60-1: four bits free for a
// product with ten. 60 bits against a float's 24 leave the error of some fifty steps far below a rounding.
struct Wide {
  uint64_t mantissa;
  int exponent;
};

constexpr uint64_t kWideTop = 1ULL << 60;

Wide normalised(uint64_t mantissa, int exponent) {
  while (mantissa >= kWideTop) {
    mantissa = (mantissa >> 1) + (mantissa & 1U);
    ++exponent;
  }
  while (mantissa < kWideTop / 2) {
    mantissa <<= 1;
    --exponent;
  }
  return {mantissa, exponent};
}

Wide timesPowerOfTen(Wide x, int power) {
  for (; power > 0; --power) x = normalised(x.mantissa * 10U, x.exponent);
  for (; power < 0; ++power) x = normalised(((x.mantissa << 4) + 5U) / 10U, x.exponent - 4);
  return x;
}

Wide wideOf(uint32_t magnitudeBits) {
  const int field = static_cast<int>(magnitudeBits >> 23);
  const uint32_t fraction = magnitudeBits & 0x7FFFFFU;
  if (field == 0) return normalised(fraction, -149);
  return normalised(fraction | 0x800000U, field - 150);
}

// Nearest float, ties to even, subnormal and infinite ones included.
float floatOf(Wide x) {
  const int top = x.exponent + 59;  // x lies in 2^top … 2^(top+1)
  if (top > 127) return __builtin_inff();
  const int kept = top >= -126 ? 24 : 150 + top;
  if (kept < 0) return 0.0F;
  const int dropped = 60 - kept;
  const uint64_t half = 1ULL << (dropped - 1);
  const uint64_t rest = x.mantissa & ((half << 1) - 1U);
  uint32_t bits = static_cast<uint32_t>(x.mantissa >> dropped);
  if (rest > half || (rest == half && (bits & 1U) != 0)) ++bits;
  // The leading one of a normal number adds itself to the exponent's field, and so does a carry.
  if (top >= -126) bits += static_cast<uint32_t>(top + 126) << 23;
  float value;
  copyBytes(&value, &bits, sizeof value);
  return value;
}

uint32_t powerOfTen(int power) {
  uint32_t value = 1;
  for (; power > 0; --power) value *= 10U;
  return value;
}

struct Scientific {
  uint32_t digits;  // d1 d2 … dn as an integer
  int exponent;     // of d1
};

Scientific scientificOf(Wide x, int count) {
  const uint32_t least = powerOfTen(count - 1);
  // 1233 / 4096 is the common logarithm of two; it may be one off, which the loop mends.
  int exponent = static_cast<int>((static_cast<int32_t>(x.exponent + 59) * 1233) >> 12);
  for (;;) {
    const Wide scaled = timesPowerOfTen(x, count - 1 - exponent);
    const int shift = -scaled.exponent;
    const uint64_t whole = (scaled.mantissa + (1ULL << (shift - 1))) >> shift;
    if (whole < least) {
      --exponent;
    } else if (whole / 10U >= least) {
      ++exponent;
    } else {
      return {static_cast<uint32_t>(whole), exponent};
    }
  }
}

size_t putUint(uint32_t value, char* to) {
  char reversed[10];
  size_t count = 0;
  do {
    reversed[count++] = static_cast<char>('0' + value % 10U);
    value /= 10U;
  } while (value != 0);
  for (size_t i = 0; i < count; ++i) to[i] = reversed[count - 1 - i];
  return count;
}

bool isDigit(uint8_t c) { return c >= '0' && c <= '9'; }

}  // namespace

size_t formatFloat(float value, int digits, char* to) {
  const uint32_t bits = floatBits(value) & 0x7FFFFFFFU;
  if (bits == 0) {
    to[0] = '0';
    return 1;
  }
  size_t at = 0;
  if (value < 0.0F) to[at++] = '-';
  const Scientific s = scientificOf(wideOf(bits), digits);
  char text[10];
  size_t count = putUint(s.digits, text);
  while (count > 1 && text[count - 1] == '0') --count;
  const bool isPlain = s.exponent >= -5 && s.exponent < 9;
  // Digits before the point; the rest of them comes after it.
  const size_t whole = !isPlain ? 1 : s.exponent < 0 ? 0 : static_cast<size_t>(s.exponent) + 1;
  if (whole == 0) to[at++] = '0';
  for (size_t i = 0; i < whole; ++i) to[at++] = i < count ? text[i] : '0';
  if (count > whole) to[at++] = '.';
  if (whole == 0) {
    for (int i = s.exponent + 1; i < 0; ++i) to[at++] = '0';
  }
  for (size_t i = whole; i < count; ++i) to[at++] = text[i];
  if (!isPlain) {
    to[at++] = 'e';
    if (s.exponent < 0) to[at++] = '-';
    at += putUint(static_cast<uint32_t>(s.exponent < 0 ? -s.exponent : s.exponent), to + at);
  }
  return at;
}

size_t formatShortestFloat(float value, char* to) {
  size_t size = 0;
  for (int digits = 6; digits <= 9; ++digits) {
    size = formatFloat(value, digits, to);
    if (parseFloat(reinterpret_cast<const uint8_t*>(to), size) == value) break;
  }
  return size;
}

float parseFloat(const uint8_t* text, size_t size) {
  constexpr uint64_t kEnough = 100000000000000000ULL;  // 17 digits
  constexpr int32_t kExponentBound = 20000;
  size_t at = 0;
  const bool isNegative = size > 0 && text[0] == '-';
  if (isNegative) ++at;
  uint64_t mantissa = 0;
  int32_t exponent = 0;
  bool isFraction = false;
  for (; at < size && (isDigit(text[at]) || text[at] == '.'); ++at) {
    if (text[at] == '.') {
      isFraction = true;
    } else if (mantissa < kEnough) {
      mantissa = mantissa * 10U + static_cast<uint64_t>(text[at] - '0');
      if (isFraction) --exponent;
    } else if (!isFraction) {
      ++exponent;
    }
  }
  if (at < size) {  // e or E
    ++at;
    bool isBelow = false;
    if (at < size && (text[at] == '-' || text[at] == '+')) isBelow = text[at++] == '-';
    int32_t written = 0;
    for (; at < size && isDigit(text[at]); ++at) {
      if (written < kExponentBound) written = written * 10 + (text[at] - '0');
    }
    exponent += isBelow ? -written : written;
  }
  float value = 0.0F;
  if (mantissa != 0 && exponent > 45) {
    value = __builtin_inff();
  } else if (mantissa != 0 && exponent >= -70) {
    value = floatOf(timesPowerOfTen(normalised(mantissa, 0), static_cast<int>(exponent)));
  }
  return isNegative ? -value : value;
}

bool parseUint32(const uint8_t* text, size_t size, uint32_t& value) {
  if (size == 0 || size > 10) return false;
  uint32_t sum = 0;
  for (size_t i = 0; i < size; ++i) {
    if (!isDigit(text[i])) return false;
    const uint32_t digit = static_cast<uint32_t>(text[i] - '0');
    if (sum > (UINT32_MAX - digit) / 10U) return false;
    sum = sum * 10U + digit;
  }
  value = sum;
  return true;
}

}  // namespace twin
