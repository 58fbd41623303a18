#include "engine/fact_sample.h"

#include "gmock/gmock.h"
#include "tests/engine/open_graph.h"

namespace entente {
namespace {

using ::testing::DoubleNear;

// Twenty states and one union; every state ACTS on ten towns, and all JOIN the union.
class FactSampleTest : public ::testing::Test {
 protected:
  FactSampleTest() {
    const NodeId onion = open_.Node({}, {"Union"});
    for (int i = 0; i < 20; ++i) {
      const NodeId state = open_.Node({}, {"State"});
      open_.Relate(state, "JOINS", onion);
      for (int k = 0; k < 10; ++k) open_.Relate(state, "ACTS", open_.Node({}, {"Town"}));
    }
  }

  std::vector<LabelId> Label(absl::string_view name) {
    return {open_.graph().catalogue().FindLabel(name)};
  }
  RelationSet Types(const std::string& name) { return open_.graph().ResolveTypes({name}); }

  OpenGraph open_;
};

TEST_F(FactSampleTest, TellsWhichLabelsStandAtTheEndsOfATypeAndHowCrowdedTheyAre) {
  open_.SealAndBegin();
  const FactSample sample = Must(FactSample::Take(open_.graph()));
  EXPECT_GT(sample.size(), 64);
  EXPECT_EQ(sample.NearShare(Types("JOINS"), Heading::kOut, Label("State")), 1.0);
  EXPECT_LT(sample.NearShare(Types("JOINS"), Heading::kIn, Label("State")), 0.1);
  EXPECT_EQ(sample.FarShare(Types("ACTS"), Heading::kOut, Label("State"), Label("Town")), 1.0);
  EXPECT_LT(sample.FarShare(Types("ACTS"), Heading::kOut, Label("State"), Label("Union")), 0.1);
  EXPECT_THAT(sample.FarShare({}, Heading::kEither, {}, Label("State")), DoubleNear(0.5, 0.1));
  // From a town back to its state, which has eleven.
  EXPECT_EQ(sample.DegreeBehind(Heading::kIn, Heading::kOut), 11.0);
}

TEST_F(FactSampleTest, IsTheSameOfTheSameGraphAndEmptyOfAnEmptyOne) {
  const FactSample first = Must(FactSample::Take(open_.graph()));
  const FactSample second = Must(FactSample::Take(open_.graph()));
  EXPECT_EQ(first.size(), second.size());
  EXPECT_EQ(first.DegreeBehind(Heading::kOut, Heading::kIn),
            second.DegreeBehind(Heading::kOut, Heading::kIn));
  OpenGraph empty;
  EXPECT_EQ(Must(FactSample::Take(empty.graph())).size(), 0);
}

}  // namespace
}  // namespace entente
