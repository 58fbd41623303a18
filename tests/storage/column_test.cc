// Packed columns and the lines they are lessened by: what is written is read again, in no more bits
// than it needs.
#include "storage/column.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "storage/bytes.h"
#include "storage/ids.h"
#include "storage/trend.h"

namespace entente::storage {
namespace {

constexpr uint64_t kAll = std::numeric_limits<uint64_t>::max();

uint64_t Pattern(int64_t v) { return static_cast<uint64_t>(v); }

// Writes and reads a column, whole, one by one and in slices.
void ExpectRoundTrip(const ColumnType& type, const std::vector<uint64_t>& values) {
  std::string bytes;
  std::string packed;
  Column::Append(type, values, &bytes, &packed);
  // Exactly as long as it must be, at the end of its own memory: reading past it is an error that
  // the sanitizer sees.
  const std::vector<char> exact = [&] {
    const std::string all = bytes + packed;
    return std::vector<char>(all.begin(), all.end());
  }();
  ByteReader reader(absl::string_view(exact.data(), exact.size()));
  Column column;
  ASSERT_TRUE(column.ReadHeader(type, &reader));
  ASSERT_TRUE(column.ReadPacked(values.size(), &reader));
  EXPECT_TRUE(reader.done());
  for (size_t i = 0; i < values.size(); ++i) ASSERT_EQ(column.At(i), values[i]);
  for (size_t begin : {size_t{0}, values.size() / 3, values.size()}) {
    for (size_t end : {begin, (begin + values.size()) / 2, values.size()}) {
      std::vector<uint64_t> slice(end - begin);
      column.Unpack(begin, end, slice.data());
      ASSERT_TRUE(std::equal(slice.begin(), slice.end(), values.begin() + begin));
    }
  }
}

TEST(ColumnTest, EveryWidthComesBack) {
  std::mt19937_64 random(7);
  for (int width = 0; width <= 64; ++width) {
    for (size_t n : {1, 2, 7, 8, 9, 63, 64, 200}) {
      const uint64_t mask = width == 64 ? kAll : (uint64_t{1} << width) - 1;
      std::vector<uint64_t> values(n);
      for (uint64_t& value : values) value = 1000 + (random() & mask);
      ExpectRoundTrip({}, values);
      for (uint64_t& value : values) value -= 5000;
      ExpectRoundTrip({}, values);
    }
  }
}

TEST(ColumnTest, NoneCostsNoRange) {
  const ColumnType type{.has_none = true, .none = Pattern(INT32_MIN)};
  ExpectRoundTrip(type, {Pattern(INT32_MIN)});
  ExpectRoundTrip(type, {Pattern(INT32_MIN), Pattern(INT32_MIN)});
  ExpectRoundTrip(type, {Pattern(-3), Pattern(INT32_MIN), Pattern(4)});
  ExpectRoundTrip(type, {7, 7, Pattern(INT32_MIN), 7});
  std::string header;
  std::string packed;
  Column::Append(type, std::vector<uint64_t>{7, 7, Pattern(INT32_MIN), 7}, &header, &packed);
  EXPECT_EQ(packed.size(), 1);
}

TEST(ColumnTest, SparseColumnsGiveBackUsualAndOtherValues) {
  constexpr ColumnType kType{.has_none = true, .none = 9, .may_be_sparse = true, .usual = 5};
  std::mt19937 random(3);
  for (const uint32_t share : {0u, 1u, 2u, 10u, 60u}) {
    for (const size_t n : {1, 7, 8, 64, 65, 200}) {
      std::vector<uint64_t> values;
      for (size_t i = 0; i < n; ++i) {
        const bool own = share > 0 && random() % share == 0;
        values.push_back(!own ? 5 : random() % 4 == 0 ? 9 : random() % 1000);
      }
      std::string headers;
      std::string packed;
      Column::Append(kType, values, &headers, &packed);
      EXPECT_EQ(headers.size() + packed.size() == 1,
                share == 0 || values == std::vector<uint64_t>(n, 5));
      const std::string bytes = headers + packed;
      ByteReader reader(bytes);
      Column column;
      ASSERT_TRUE(column.ReadHeader(kType, &reader) && column.ReadPacked(n, &reader));
      EXPECT_TRUE(reader.done());
      for (size_t i = 0; i < n; ++i) EXPECT_EQ(column.At(i), values[i]);
      const size_t begin = random() % n;
      std::vector<uint16_t> part(n - begin);
      column.Unpack(begin, n, part.data());
      for (size_t i = begin; i < n; ++i) EXPECT_EQ(part[i - begin], values[i]);
    }
  }
}

// Bytes of a column of `values`, headers and all.
size_t SizeOf(const ColumnType& type, const std::vector<uint64_t>& values) {
  std::string headers;
  std::string packed;
  Column::Append(type, values, &headers, &packed);
  return headers.size() + packed.size();
}

TEST(ColumnTest, ColumnsAreSparseOnlyWhenThatIsSmaller) {
  const ColumnType type{.may_be_sparse = true, .usual = 3};
  std::vector<uint64_t> values(64, 3);
  EXPECT_EQ(SizeOf(type, values), 1);
  values[7] = 1'000'000;
  EXPECT_LT(SizeOf(type, values), SizeOf({}, values));
  ExpectRoundTrip(type, values);
  for (size_t i = 0; i < values.size(); ++i) values[i] = i % 4;
  EXPECT_EQ(SizeOf(type, values), SizeOf({}, values));
  ExpectRoundTrip(type, values);
  ExpectRoundTrip(type, {Pattern(INT64_MIN), Pattern(INT64_MAX), 3});
}

TEST(ColumnTest, MultiplesOfTheUsualUnitArePackedByThemselves) {
  const ColumnType type{.usual_unit = 100};
  std::mt19937 random(5);
  for (const uint32_t share : {0u, 1u, 2u, 4u, 50u}) {
    for (const size_t n : {1, 7, 63, 64, 65, 300}) {
      std::vector<uint64_t> values;
      for (size_t i = 0; i < n; ++i) {
        const bool own = share > 0 && random() % share == 0;
        values.push_back(own ? random() % 10'000 : random() % 100 * 100);
      }
      ExpectRoundTrip(type, values);
      const size_t plain = SizeOf({}, values);
      EXPECT_LE(SizeOf(type, values), share == 4 && n == 300 ? plain * 8 / 10 : plain + 3);
    }
  }
}

TEST(ColumnTest, RisingColumnsDropTheNumberOfTheRow) {
  const ColumnType type{.rising = true};
  std::vector<uint64_t> values;
  for (uint64_t i = 0; i < 200; ++i) values.push_back(1'000'000 + i);
  ExpectRoundTrip(type, values);
  EXPECT_LE(SizeOf(type, values), 5);
  values[70] = 4;
  ExpectRoundTrip(type, values);
  ExpectRoundTrip(type, {kAll, 0, 5});
}

TEST(TrendTest, ALineTakesFewerBitsThanAConstantOrIsNotTaken) {
  std::vector<int64_t> days;
  std::vector<uint64_t> articles;
  std::mt19937 random(23);
  for (int i = 0; i < 200; ++i) {
    days.push_back(16'000 + random() % 3652);
    articles.push_back(kFirstArticle + static_cast<uint64_t>(days.back() - 16'000) * 378 +
                       random() % 1000);
  }
  const Trend trend = Trend::Through(days, articles);
  uint64_t least = kAll;
  uint64_t greatest = 0;
  for (size_t i = 0; i < days.size(); ++i) {
    least = std::min(least, articles[i] - trend.At(days[i]));
    greatest = std::max(greatest, articles[i] - trend.At(days[i]));
  }
  EXPECT_LT(greatest - least, 1100);
  for (uint64_t& article : articles) article = random();
  EXPECT_EQ(Trend::Through(days, articles).slope(), 0);
  EXPECT_EQ(Trend::Through({}, {}).slope(), 0);
  EXPECT_EQ(Trend::Through({3, 3}, {1, 9}).slope(), 0);
  EXPECT_EQ(Trend::Through({INT64_MIN, INT64_MAX}, {0, kAll}).slope(), 0);
}

TEST(ColumnTest, ScaledColumnsDropACommonFactor) {
  const ColumnType type{.scaled = true, .has_none = true, .none = Pattern(INT64_MIN)};
  const int64_t day = 86'400'000'000;
  const std::vector<uint64_t> values = {Pattern(19000 * day), Pattern(19003 * day),
                                        Pattern(INT64_MIN), Pattern(19001 * day)};
  ExpectRoundTrip(type, values);
  std::string header;
  std::string packed;
  Column::Append(type, values, &header, &packed);
  EXPECT_EQ(packed.size(), 2);
  ExpectRoundTrip(type, {Pattern(INT64_MAX), Pattern(INT64_MIN + 1), Pattern(INT64_MIN)});
  ExpectRoundTrip(type, {});
}

TEST(ColumnTest, AnyScaleIsFoundAndDividedBy) {
  const ColumnType type{.scaled = true, .has_none = true, .none = Pattern(INT64_MIN)};
  std::mt19937_64 random(6);
  for (int round = 0; round < 400; ++round) {
    const uint64_t scale = std::max<uint64_t>(random() >> random() % 64, 1);
    const uint64_t most = uint64_t{INT64_MAX} / scale;
    const uint64_t base = Pattern(-static_cast<int64_t>(random() >> 2));
    std::vector<uint64_t> values = {base};
    for (int i = 0; i < 20; ++i) {
      const uint64_t times = random() % (most + 1) >> random() % 60;
      values.push_back(i % 7 == 6 ? Pattern(INT64_MIN) : base + times * scale);
    }
    ExpectRoundTrip(type, values);
    std::string header;
    std::string packed;
    Column::Append(type, values, &header, &packed);
    ByteReader bytes(header);
    uint8_t width;
    int64_t stored_base;
    uint64_t stored_scale;
    ASSERT_TRUE(bytes.Fixed(&width) && bytes.Signed(&stored_base) && bytes.Varint(&stored_scale));
    const bool all_alike = std::all_of(values.begin(), values.end(), [&](uint64_t value) {
      return value == values[0] || value == type.none;
    });
    EXPECT_TRUE(all_alike || stored_scale % scale == 0) << scale;
  }
}

}  // namespace
}  // namespace entente::storage
