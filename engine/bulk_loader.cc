#include "engine/bulk_loader.h"

#include <thread>
#include <utility>

#include "engine/core.h"
#include "engine/error.h"
#include "engine/load_claims.h"
#include "engine/load_nodes.h"
#include "engine/status.h"
#include "storage/table_load.h"

namespace entente {
namespace {

constexpr uint64_t kReportEvery = 4096;

// Whether the database is fine and only the record is not.
bool IsAboutInput(const absl::Status& status) {
  return absl::IsInvalidArgument(status) || ErrorInfoOf(status).detail == "AmbiguousName";
}

// Work beside the loader's own thread, which waits for it at the end at the latest.
class Beside {
 public:
  // With `threaded` off the work is done at once.
  template <typename Work>
  Beside(bool threaded, std::atomic<bool>* stop, Work work) : stop_(stop) {
    if (threaded) {
      thread_ = std::thread([this, work] { status_ = work(); });
    } else {
      status_ = work();
    }
  }
  ~Beside() {
    *stop_ = true;
    if (thread_.joinable()) thread_.join();
  }
  Beside(const Beside&) = delete;
  Beside& operator=(const Beside&) = delete;

  absl::Status Wait() {
    if (thread_.joinable()) thread_.join();
    return status_;
  }

 private:
  std::atomic<bool>* const stop_;
  absl::Status status_;
  std::thread thread_;
};

}  // namespace

BulkLoader::BulkLoader(Database& database, Options options)
    : database_(database),
      options_(std::move(options)),
      shared_(database.core().store(), options_.memory_bytes) {
  shared_.strict = options_.strict;
}

BulkLoader::~BulkLoader() = default;

LoadInput& BulkLoader::NewInput() {
  const uint32_t number = static_cast<uint32_t>(inputs_.size());
  shared_.inputs.push_back(
      inputs_.emplace_back(std::make_unique<LoadInput>(number, shared_)).get());
  return *shared_.inputs.back();
}

void BulkLoader::Discard(LoadInput& input) {
  const uint32_t number = input.number();
  inputs_[number] = std::make_unique<LoadInput>(number, shared_);
  shared_.inputs[number] = inputs_[number].get();
}

LoadInput& BulkLoader::OwnInput() {
  if (own_input_ == nullptr) own_input_ = &NewInput();
  return *own_input_;
}

absl::Status BulkLoader::Tell(const Rejection& rejection) {
  ++summary_.rejected;
  if (options_.on_reject) options_.on_reject(rejection);
  if (!options_.strict) return absl::OkStatus();
  return absl::InvalidArgumentError(rejection.reason);
}

absl::Status BulkLoader::TellRejections() {
  for (const std::unique_ptr<LoadInput>& input : inputs_) {
    for (const Rejection& rejection : input->TakeRejections()) RETURN_IF_ERROR(Tell(rejection));
  }
  return absl::OkStatus();
}

absl::Status BulkLoader::AddEntity(const EntityInput& entity, const InputPlace& place) {
  const absl::Status added = OwnInput().AddEntity(entity, place);
  RETURN_IF_ERROR(TellRejections());
  return added;
}

absl::Status BulkLoader::AddArticle(const ArticleInput& article, const InputPlace& place) {
  const absl::Status added = OwnInput().AddArticle(article, place);
  RETURN_IF_ERROR(TellRejections());
  return added;
}

absl::Status BulkLoader::AddClaim(const ClaimInput& claim, const InputPlace& place) {
  const absl::Status added = OwnInput().AddClaim(claim, place);
  RETURN_IF_ERROR(TellRejections());
  return added;
}

absl::Status BulkLoader::Reject(const InputPlace& place, std::string reason) {
  return Tell({place, std::move(reason)});
}

absl::Status BulkLoader::RejectIfBad(uint64_t place, const absl::Status& status) {
  if (status.ok() || !IsAboutInput(status)) return status;
  return Tell({UnpackPlace(place), std::string(status.message())});
}

absl::Status BulkLoader::Report(uint64_t done, uint64_t total) {
  if (done % kReportEvery != 0 && done != total) return absl::OkStatus();
  if (options_.cancelled != nullptr && *options_.cancelled) {
    return MakeError(ErrorCode::kInterrupted, "The load was cancelled");
  }
  if (options_.on_progress) options_.on_progress({stage_, done, total});
  return absl::OkStatus();
}

absl::StatusOr<LoadSummary> BulkLoader::Finish() {
  RETURN_IF_ERROR(TellRejections());
  uint64_t rows = 0;
  for (const std::unique_ptr<LoadInput>& input : inputs_) {
    RETURN_IF_ERROR(input->Close());
    rows += input->row_count();
  }
  ASSIGN_OR_RETURN(std::unique_ptr<WriteTransaction> transaction,
                   database_.core().BeginWrite(options_.cancelled));
  storage::TableLoad tables(transaction->graph().transaction(), shared_.space,
                            /*files=*/rows >= options_.least_rows_for_files);
  RETURN_IF_ERROR(Load(*transaction, tables));
  if (options_.before_commit) RETURN_IF_ERROR(options_.before_commit());
  stage_ = LoadProgress::Stage::kCommitting;
  RETURN_IF_ERROR(Report(0, 0));
  Beside removed(tables.has_files(), &shared_.stop, [&] {
    shared_.space.RemoveBlocks();
    return absl::OkStatus();
  });
  RETURN_IF_ERROR(transaction->Commit(tables));
  return summary_;
}

absl::Status BulkLoader::Load(WriteTransaction& transaction, storage::TableLoad& tables) {
  using Stage = LoadProgress::Stage;
  GraphWriter& graph = transaction.graph();
  ClaimWriter writer(graph);
  const LoadContext context{
      shared_,
      shared_.inputs,
      graph,
      writer,
      tables,
      summary_,
      [this](uint64_t done, uint64_t total) { return Report(done, total); },
      [this](uint64_t place, const absl::Status& status) { return RejectIfBad(place, status); }};
  const uint64_t nodes_before = graph.NodeCount();
  NodeLoad nodes(context);
  ClaimLoad claims(context, nodes);
  stage_ = Stage::kEntities;
  RETURN_IF_ERROR(nodes.PlaceEntities());
  stage_ = Stage::kArticles;
  const bool beside = tables.has_files() && !nodes.indexes_nodes();
  Beside learned(beside, &shared_.stop, [&] { return nodes.LearnArticles(); });
  RETURN_IF_ERROR(nodes.PlaceArticles());
  RETURN_IF_ERROR(writer.Finish());
  RETURN_IF_ERROR(learned.Wait());
  Beside written(beside, &shared_.stop, [&]() -> absl::Status {
    RETURN_IF_ERROR(nodes.WriteArticles());
    RETURN_IF_ERROR(nodes.WriteWaysToNodes());
    return beside ? nodes.WriteEntities() : absl::OkStatus();
  });
  stage_ = Stage::kClaims;
  RETURN_IF_ERROR(claims.ResolveFacts());
  stage_ = Stage::kEvidence;
  RETURN_IF_ERROR(claims.ResolveEvidence());
  stage_ = Stage::kWriting;
  RETURN_IF_ERROR(claims.WriteFacts());
  RETURN_IF_ERROR(written.Wait());
  // Not sooner: names that stand in the transaction are found beside those of the load.
  if (!beside) RETURN_IF_ERROR(nodes.WriteEntities());
  RETURN_IF_ERROR(nodes.CountEntities());
  using Half = storage::FactLoad::Half;
  Beside lists(tables.has_files(), &shared_.stop, [&] { return claims.WriteArticleFacts(); });
  Beside edges(tables.has_files(), &shared_.stop,
               [&] { return claims.WriteInEdges(Half::kSecond); });
  RETURN_IF_ERROR(claims.WriteInEdges(Half::kFirst));
  RETURN_IF_ERROR(edges.Wait());
  RETURN_IF_ERROR(lists.Wait());
  // Entities also come to be as stubs, and vanish when they are taken over.
  const uint64_t others = nodes_before + summary_.articles_created;
  summary_.entities_created = graph.NodeCount() > others ? graph.NodeCount() - others : 0;
  return absl::OkStatus();
}

}  // namespace entente
