#include "engine/evidence_reader.h"

#include <memory>

#include "engine/built_in.h"
#include "gmock/gmock.h"
#include "storage/nodes.h"
#include "storage/store.h"
#include "storage/transaction.h"
#include "tests/engine/open_graph.h"

namespace entente {
namespace {

using ::testing::HasSubstr;

// Articles as the bytes of a database may have them, whatever the engine would write.
class Copies {
 public:
  Copies() {
    store_ = Must(storage::Store::Open(":memory:", {.create_if_missing = true, .geometry = {}}));
    transaction_ = Must(store_->Begin());
  }

  // A chain of `length` copies, the last one of which is a copy of number `back_to`, kNoId: of
  // none. Gives the first.
  NodeId Chain(uint64_t length, uint64_t back_to) {
    const NodeId first = Must(transaction_->NewArticles(length));
    for (uint64_t i = 0; i < length; ++i) {
      storage::NodeRecord record;
      record.labels = {kArticleLabel};
      const uint64_t next = i + 1 < length ? i + 1 : back_to;
      if (next != kNoId) record.original = first + next;
      MustBeOk(storage::WriteNode(*transaction_, first + i, nullptr, record));
    }
    return first;
  }

  const storage::View& view() const { return *transaction_; }

 private:
  std::unique_ptr<storage::Store> store_;
  std::unique_ptr<storage::Transaction> transaction_;
};

TEST(EvidenceReaderTest, ACopyCountsAsWhatStandsAtTheEndOfItsChain) {
  Copies copies;
  EvidenceReader reader(copies.view());
  for (const uint64_t length : {1, 2, 3, 8, 100}) {
    const NodeId first = copies.Chain(length, kNoId);
    EXPECT_EQ(Must(reader.OriginOf(first)).source, first + length - 1) << length;
  }
}

TEST(EvidenceReaderTest, ACircleOfCopiesIsDamage) {
  Copies copies;
  for (uint64_t length = 1; length <= 20; ++length) {
    for (uint64_t back_to = 0; back_to < length; ++back_to) {
      const NodeId first = copies.Chain(length, back_to);
      EvidenceReader reader(copies.view());
      const absl::Status status = reader.OriginOf(first).status();
      EXPECT_TRUE(absl::IsDataLoss(status)) << length << ", back to " << back_to;
      EXPECT_THAT(std::string(status.message()), HasSubstr("is a copy of itself"));
    }
  }
}

}  // namespace
}  // namespace entente
