#include "query/operators/node_set.h"

#include <random>
#include <set>
#include <vector>

#include "gmock/gmock.h"
#include "storage/ids.h"

namespace entente::query {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::IsEmpty;

TEST(NodeSetTest, TellsWhatIsNewAndGivesItInOrderOnce) {
  NodeSet set;
  EXPECT_TRUE(set.Add(70));
  EXPECT_TRUE(set.Add(storage::kFirstArticle + 3));
  EXPECT_TRUE(set.Add(5));
  EXPECT_FALSE(set.Add(70));
  std::vector<NodeId> nodes;
  set.TakeNew(&nodes);
  EXPECT_THAT(nodes, ElementsAre(5, 70, storage::kFirstArticle + 3));
  nodes.clear();
  EXPECT_FALSE(set.Add(5));
  EXPECT_TRUE(set.Add(6));
  set.TakeNew(&nodes);
  EXPECT_THAT(nodes, ElementsAre(6));
  nodes.clear();
  set.TakeNew(&nodes);
  EXPECT_THAT(nodes, IsEmpty());
}

// Among few nodes, in more pages than are kept, and in so many that they are.
TEST(NodeSetTest, IsTheSetThatWasAddedSinceItWasCleared) {
  std::mt19937_64 random(1);
  NodeSet set;
  for (const uint64_t range : {10'000u, 1u << 25, 300u, 1'000'000u, 1u << 25, 20u}) {
    set.Clear();
    std::set<NodeId> expected;
    for (int level = 0; level < 3; ++level) {
      std::set<NodeId> fresh;
      for (int i = 0; i < 4000; ++i) {
        const NodeId node = random() % range + (random() % 4 == 0 ? storage::kFirstArticle : 0);
        const bool is_new = expected.insert(node).second;
        EXPECT_EQ(set.Add(node), is_new);
        if (is_new) fresh.insert(node);
      }
      std::vector<NodeId> taken;
      set.TakeNew(&taken);
      EXPECT_THAT(taken, ElementsAreArray(fresh));
    }
    // Those of the next one are not among these.
    set.Add(range);
  }
}

}  // namespace
}  // namespace entente::query
