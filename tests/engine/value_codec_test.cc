#include "engine/value_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "engine/temporal_text.h"
#include "engine/value_depth.h"
#include "engine/value_order.h"
#include "engine/value_text.h"

namespace entente {
namespace {

using ::testing::ElementsAre;

std::string Encode(const Value& value) {
  std::string bytes;
  AppendValue(value, &bytes);
  return bytes;
}

std::vector<Value> Samples() {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  Value deep = Value::Integer(1);
  for (uint32_t i = 0; i < kDeepestValue; ++i) deep = Value::List({deep});
  return {
      Value::Boolean(false),
      Value::Boolean(true),
      Value::Integer(0),
      Value::Integer(63),
      Value::Integer(64),
      Value::Integer(-1),
      Value::Integer(std::numeric_limits<int64_t>::max()),
      Value::Integer(std::numeric_limits<int64_t>::min()),
      Value::Float(3.4),
      Value::Float(-0.07),
      Value::Float(0.123456789),
      Value::Float(1e300),
      Value::Float(kInfinity),
      Value::Float(std::numeric_limits<double>::quiet_NaN()),
      Value::String(""),
      Value::String(std::string(63, 'a')),
      Value::String(std::string(64, 'b')),
      Value::String("북한"),
      Value::List({}),
      Value::List({Value::Integer(1), Value(), Value::List({Value::String("x")})}),
      deep,
      Value::OfDate(*ParseDate("-999999999-01-01")),
      Value::OfDate(*ParseDate("2024-10-15")),
      Value::OfLocalTime(*ParseLocalTime("23:59:59.999999999")),
      Value::OfTime(*ParseTime("12:00-18:00")),
      Value::OfLocalDateTime(*ParseLocalDateTime("1815-06-18T11:35:00.5")),
      Value::OfDateTime(*ParseDateTime("2024-11-01T08:00:00Z")),
      Value::OfDateTime(*ParseDateTime("+999999999-12-31T23:00-18:00")),
      Value::OfDateTime(*ParseDateTime("1818-07-21T21:40[Europe/Stockholm]")),
      Value::OfDuration(*ParseDuration("P-1Y2M-3DT4.000000005S")),
  };
}

TEST(ValueCodecTest, ReadsBackWhatItWrote) {
  for (const Value& value : Samples()) {
    ASSERT_TRUE(IsStorable(value)) << ValueText(value);
    const std::string bytes = Encode(value) + "rest";
    absl::string_view in = bytes;
    const absl::StatusOr<Value> read = ReadValue(&in);
    ASSERT_TRUE(read.ok()) << read.status() << ValueText(value);
    EXPECT_TRUE(Equivalent(*read, value)) << ValueText(value) << " is " << ValueText(*read);
    EXPECT_EQ(read->type(), value.type());
    EXPECT_EQ(in, "rest");
  }
}

TEST(ValueCodecTest, KeepsNegativeZero) {
  const std::string bytes = Encode(Value::Float(-0.0));
  absl::string_view in = bytes;
  EXPECT_EQ(FormatFloat(ReadValue(&in)->floating()), "-0.0");
}

TEST(ValueCodecTest, WritesTheDocumentedBytes) {
  const auto hex = [](const Value& value) { return absl::BytesToHexString(Encode(value)); };
  EXPECT_EQ(hex(Value::Boolean(true)), "02");
  EXPECT_EQ(hex(Value::Integer(5)), "85");
  EXPECT_EQ(hex(Value::Integer(-2)), "0303");
  EXPECT_EQ(hex(Value::Integer(300)), "03d804");
  EXPECT_EQ(hex(Value::Float(3.4)), "05a805");
  EXPECT_EQ(hex(Value::Float(1.0 / 3)), "04555555555555d53f");
  EXPECT_EQ(hex(Value::String("KCNA")), "444b434e41");
  EXPECT_EQ(hex(Value::List({Value::Integer(1), Value()})), "07028100");
  EXPECT_EQ(hex(Value::OfDate(Date{1})), "0802");
}

TEST(ValueCodecTest, StoresNoMapsGraphValuesAndNulls) {
  EXPECT_FALSE(IsStorable(Value()));
  EXPECT_FALSE(IsStorable(Value::Map({})));
  EXPECT_FALSE(IsStorable(Value::Node(1)));
  EXPECT_FALSE(IsStorable(Value::List({Value::Map({})})));
  Value deep = Value::Integer(1);
  for (uint32_t i = 0; i <= kDeepestValue; ++i) deep = Value::List({deep});
  EXPECT_FALSE(IsStorable(deep));
}

TEST(ValueCodecTest, EveryCutAndEveryChangedByteIsReadOrReportedButNeverTrusted) {
  for (const Value& value : Samples()) {
    const std::string bytes = Encode(value);
    for (size_t size = 0; size < bytes.size(); ++size) {
      absl::string_view in = absl::string_view(bytes).substr(0, size);
      EXPECT_EQ(ReadValue(&in).status().code(), absl::StatusCode::kDataLoss);
    }
    for (size_t i = 0; i < bytes.size(); ++i) {
      for (const char change : {'\x01', '\x40', '\x7f', '\xff'}) {
        std::string changed = bytes;
        changed[i] ^= change;
        absl::string_view in = changed;
        const absl::StatusOr<Value> read = ReadValue(&in);
        EXPECT_TRUE(read.ok() || absl::IsDataLoss(read.status())) << read.status();
        PropertyCursor cursor(changed);
        while (cursor.Next()) {
        }
      }
    }
  }
}

TEST(PackedPropertiesTest, FindEachPropertyAndNoOther) {
  const std::string packed = PackProperties({{300, Value::String("c")},
                                             {2, Value::List({Value::Integer(1)})},
                                             {7, Value()},
                                             {1, Value::Float(0.5)}});
  EXPECT_EQ(FindProperty(packed, 1)->floating(), 0.5);
  EXPECT_EQ(FindProperty(packed, 2)->list().size(), 1u);
  EXPECT_EQ(FindProperty(packed, 300)->string(), "c");
  EXPECT_TRUE(FindProperty(packed, 0)->is_null());
  EXPECT_TRUE(FindProperty(packed, 7)->is_null());
  EXPECT_TRUE(FindProperty(packed, 301)->is_null());
  EXPECT_TRUE(FindProperty("", 1)->is_null());

  const absl::StatusOr<std::vector<Property>> properties = UnpackProperties(packed);
  ASSERT_TRUE(properties.ok());
  std::vector<PropertyId> ids;
  for (const Property& property : *properties) ids.push_back(property.first);
  EXPECT_THAT(ids, ElementsAre(1, 2, 300));
}

TEST(PackedPropertiesTest, SettingAndRemovingGivesTheSameBytesAsPackingAnew) {
  const Value one = Value::Integer(1);
  const std::string packed = PackProperties({{1, one}, {3, one}, {5, one}});
  const Value text = Value::String("t");
  EXPECT_EQ(*WithProperty(packed, 0, text),
            PackProperties({{0, text}, {1, one}, {3, one}, {5, one}}));
  EXPECT_EQ(*WithProperty(packed, 3, text), PackProperties({{1, one}, {3, text}, {5, one}}));
  EXPECT_EQ(*WithProperty(packed, 9, text),
            PackProperties({{1, one}, {3, one}, {5, one}, {9, text}}));
  EXPECT_EQ(*WithProperty(packed, 3, Value()), PackProperties({{1, one}, {5, one}}));
  EXPECT_EQ(*WithProperty(packed, 4, Value()), packed);
  EXPECT_EQ(*WithProperty("", 4, one), PackProperties({{4, one}}));
}

TEST(PackedPropertiesTest, ATextAroundTheSlugOfTheNextOneIsKeptWithoutIt) {
  const auto pack = [](absl::string_view url, absl::string_view title) {
    return PackProperties({{4, Value::String(url)}, {5, Value::String(title)}});
  };
  const absl::string_view title = "Éire's \"Yes\": 62 % vote for it ";
  for (const absl::string_view url : {"https://x.org/ire-s-yes-62-vote-for-it.html?a=b",
                                      "ire-s-yes-62-vote-for-it", "https://x.org/Ire-s-yes", ""}) {
    const std::string packed = pack(url, title);
    EXPECT_EQ(FindProperty(packed, 4)->string(), url);
    EXPECT_EQ(FindProperty(packed, 5)->string(), title);
    std::string appended;
    AppendTextProperty(4, url, &appended, title);
    AppendTextProperty(5, title, &appended);
    EXPECT_EQ(appended, packed);
    // What is packed stays what it means when the other text changes or goes.
    const std::string changed = *WithProperty(packed, 5, Value::String("Another title"));
    EXPECT_EQ(changed, pack(url, "Another title"));
    EXPECT_EQ(FindProperty(*WithProperty(packed, 5, Value::Null()), 4)->string(), url);
  }
  EXPECT_LT(pack("x/a-long-story-told", "A long story, told").size(), 28u);
  EXPECT_EQ(FindProperty(absl::HexStringToBytes("040e6100620500"), 4).status().code(),
            absl::StatusCode::kDataLoss);
  EXPECT_EQ(FindProperty(absl::HexStringToBytes("040e610062"), 4).status().code(),
            absl::StatusCode::kDataLoss);
}

TEST(PackedPropertiesTest, ASlugOfATextThatItselfStandsAroundASlugIsRead) {
  const std::string packed = PackProperties({{4, Value::String("x/why-bloomberg-is-right/1")},
                                             {5, Value::String("Why bloomberg is right")},
                                             {6, Value::String("Bloomberg")}});
  EXPECT_EQ(FindProperty(packed, 4)->string(), "x/why-bloomberg-is-right/1");
  EXPECT_EQ(FindProperty(packed, 5)->string(), "Why bloomberg is right");
}

TEST(PackedPropertiesTest, CorruptionIsDataLoss) {
  const std::string packed = PackProperties({{1, Value::String("abc")}, {3, Value::Integer(1000)}});
  for (size_t size = 1; size < packed.size(); ++size) {
    if (size == 5) continue;  // the end of the first property
    const absl::string_view cut = absl::string_view(packed).substr(0, size);
    EXPECT_EQ(UnpackProperties(cut).status().code(), absl::StatusCode::kDataLoss) << size;
    EXPECT_EQ(WithProperty(cut, 9, Value()).status().code(), absl::StatusCode::kDataLoss) << size;
  }
  const std::string unsorted = PackProperties({{3, Value::Integer(1)}}) + packed;
  EXPECT_EQ(FindProperty(unsorted, 9).status().code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace entente
