#include "storage/unpack.h"

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "storage/bytes.h"
#include "storage/column.h"

namespace entente::storage {
namespace {

constexpr Unpacker kAll[] = {Unpacker::kScalar, Unpacker::kAvx2, Unpacker::kAvx512};

TEST(UnpackTest, TheScalarFormRunsEverywhere) {
  EXPECT_TRUE(Runs(Unpacker::kScalar));
  EXPECT_TRUE(Runs(BestUnpacker()));
}

// The bytes stand at the very end of an allocation, where a sanitizer sees a read beyond them.
struct Packed {
  explicit Packed(const std::string& packed) : size(packed.size()), bytes(new uint8_t[size]) {
    std::copy(packed.begin(), packed.end(), bytes.get());
  }
  size_t size;
  std::unique_ptr<uint8_t[]> bytes;
};

template <typename T>
void CheckSlices(const PackedNumbers& numbers, const std::vector<uint64_t>& values,
                 std::mt19937_64& random) {
  for (int slice = 0; slice < 4; ++slice) {
    size_t begin = slice == 0 ? 0 : random() % (values.size() + 1);
    size_t end = slice == 0 ? values.size() : random() % (values.size() + 1);
    if (begin > end) std::swap(begin, end);
    for (Unpacker unpacker : kAll) {
      if (!Runs(unpacker)) continue;
      std::vector<T> out(end - begin + 1, T{77});
      Unpack(unpacker, numbers, begin, end, out.data());
      EXPECT_EQ(out.back(), T{77}) << "wrote beyond the end";
      for (size_t i = begin; i < end; ++i) {
        ASSERT_EQ(out[i - begin], static_cast<T>(values[i]))
            << "width " << int{numbers.width} << ", value " << i << " of [" << begin << ", " << end
            << "), unpacker " << static_cast<int>(unpacker);
      }
    }
  }
}

TEST(UnpackTest, AllFormsGiveWhatWasPackedForAllWidths) {
  std::mt19937_64 random(7);
  for (int width = 0; width <= 64; ++width) {
    for (bool none_coded : {false, true}) {
      for (size_t n : {size_t{1}, size_t{7}, size_t{8}, size_t{9}, size_t{40}, size_t{131}}) {
        const uint64_t mask = width == 64 ? ~uint64_t{0} : (uint64_t{1} << width) - 1;
        PackedNumbers numbers{.width = static_cast<uint8_t>(width),
                              .none_coded = none_coded,
                              .base = random(),
                              .scale = random() % 2 == 0 ? 1 : random() % 100'000,
                              .none = random()};
        std::string packed((n * width + 7) / 8, '\0');
        std::vector<uint64_t> values;
        for (size_t i = 0; i < n; ++i) {
          const uint64_t offset = random() % 4 == 0 ? 0 : random() & mask;
          values.push_back(numbers.Value(offset));
          for (int bit = 0; bit < width; ++bit) {
            const size_t at = i * width + bit;
            packed[at / 8] |= static_cast<char>((offset >> bit & 1) << (at % 8));
          }
        }
        const Packed exact(packed);
        numbers.bytes = exact.bytes.get();
        numbers.size = exact.size;
        CheckSlices<uint64_t>(numbers, values, random);
        CheckSlices<int64_t>(numbers, values, random);
        CheckSlices<uint32_t>(numbers, values, random);
        CheckSlices<int32_t>(numbers, values, random);
        CheckSlices<uint16_t>(numbers, values, random);
        CheckSlices<uint8_t>(numbers, values, random);
        EXPECT_EQ(numbers.At(n - 1), values.back());
      }
    }
  }
}

}  // namespace
}  // namespace entente::storage
