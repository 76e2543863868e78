#pragma once
#include <stddef.h>
#include <stdint.h>

namespace twin {

/// Room that `formatFloat` needs, in characters.
constexpr size_t kMaxFloatCharacters = 20;

/// Writes a finite float as a JSON number of up to `digits` significant digits (1 to 9), without zeros at the
/// end, and gives its length. Rounded right but for ties within 2^-50 of the value.
size_t formatFloat(float value, int digits, char* to);

/// Writes the shortest of 6 to 9 digits that `parseFloat` reads back as the same float, and gives its length.
size_t formatShortestFloat(float value, char* to);

/// The float nearest to a JSON number; infinite when it is too great. The text must follow JSON's grammar.
float parseFloat(const uint8_t* text, size_t size);

/// Reads an integer of 0 to 2^32-1 exactly: a sign, fraction or exponent is refused. A float would lose
/// counts above 2^24. The text must follow JSON's grammar.
bool parseUint32(const uint8_t* text, size_t size, uint32_t& value);

}  // namespace twin
