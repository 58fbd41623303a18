#include "engine/core.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "absl/numeric/bits.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "engine/built_in.h"
#include "engine/error.h"
#include "engine/status.h"
#include "storage/catalogue.h"
#include "storage/store.h"
#include "storage/transaction.h"
#include "storage/view.h"

namespace entente {
namespace {

// How long a waiting writer goes on before it looks whether it was cancelled.
constexpr absl::Duration kLookUp = absl::Milliseconds(50);

absl::StatusOr<std::shared_ptr<const Catalogue>> LoadCatalogue(const storage::View& view) {
  ASSIGN_OR_RETURN(storage::Catalogue stored, storage::ReadCatalogue(view));
  std::vector<Label> labels;
  for (storage::LabelRecord& record : stored.labels) {
    labels.push_back({std::move(record.name), std::move(record.parents)});
  }
  std::vector<RelationType> relations;
  for (storage::RelationTypeRecord& record : stored.relation_types) {
    relations.push_back({std::move(record.name), std::move(record.parents), record.sign,
                         std::move(record.cameo), std::move(record.plover), record.goldstein,
                         std::move(record.gdelt)});
  }
  absl::StatusOr<Catalogue> catalogue =
      Catalogue::Make(std::move(labels), std::move(relations), std::move(stored.property_names));
  if (!catalogue.ok()) {
    return absl::DataLossError(
        absl::StrCat("The catalogue is damaged: ", catalogue.status().message()));
  }
  for (storage::IndexRecord& record : stored.indexes) {
    const absl::Status added =
        catalogue->AddIndex({record.id, std::move(record.name), record.label, record.property});
    if (!added.ok()) {
      return absl::DataLossError(absl::StrCat("The catalogue is damaged: ", added.message()));
    }
  }
  return std::make_shared<const Catalogue>(*std::move(catalogue));
}

absl::StatusOr<std::shared_ptr<const Catalogue>> BuiltIns() {
  std::vector<Label> labels;
  for (absl::string_view name : kBuiltInLabels) labels.push_back({std::string(name), {}});
  ASSIGN_OR_RETURN(Catalogue catalogue,
                   Catalogue::Make(std::move(labels), {},
                                   {kBuiltInProperties.begin(), kBuiltInProperties.end()}));
  return std::make_shared<const Catalogue>(std::move(catalogue));
}

bool HasBuiltIns(const Catalogue& catalogue) {
  for (LabelId id = 0; id < kBuiltInLabels.size(); ++id) {
    if (catalogue.FindLabel(kBuiltInLabels[id]) != id) return false;
  }
  for (PropertyId id = 0; id < kBuiltInProperties.size(); ++id) {
    if (catalogue.FindProperty(kBuiltInProperties[id]) != id) return false;
  }
  return true;
}

absl::Status WriteBuiltIns(storage::Store& store) {
  ASSIGN_OR_RETURN(const std::unique_ptr<storage::Transaction> transaction, store.Begin());
  for (LabelId id = 0; id < kBuiltInLabels.size(); ++id) {
    storage::PutLabel(*transaction, id, {std::string(kBuiltInLabels[id]), {}});
  }
  for (PropertyId id = 0; id < kBuiltInProperties.size(); ++id) {
    storage::PutPropertyName(*transaction, id, kBuiltInProperties[id]);
  }
  return transaction->Commit();
}

}  // namespace

class Core::Picture {
 public:
  Picture(std::unique_ptr<const storage::Snapshot> snapshot,
          std::shared_ptr<const Catalogue> catalogue)
      : snapshot_(std::move(snapshot)), catalogue_(std::move(catalogue)) {}

  const storage::Snapshot& snapshot() const { return *snapshot_; }
  const Catalogue& catalogue() const { return *catalogue_; }

 private:
  const std::unique_ptr<const storage::Snapshot> snapshot_;
  const std::shared_ptr<const Catalogue> catalogue_;
};

class Core::Reading : public ReadTransaction {
 public:
  explicit Reading(std::shared_ptr<const Picture> picture)
      : picture_(std::move(picture)), graph_(picture_->snapshot(), &picture_->catalogue()) {}

  const Graph& graph() const override { return graph_; }

 private:
  const std::shared_ptr<const Picture> picture_;
  const Graph graph_;
};

class Core::Writing : public WriteTransaction {
 public:
  Writing(Core& core, std::unique_ptr<storage::Transaction> transaction,
          std::shared_ptr<const Catalogue> catalogue)
      : core_(core),
        transaction_(std::move(transaction)),
        graph_(*transaction_, std::move(catalogue)) {}

  GraphWriter& graph() override { return graph_; }

  absl::Status Commit() override {
    std::shared_ptr<const Catalogue> changed = graph_.changed_catalogue();
    if (changed == nullptr) {
      RETURN_IF_ERROR(transaction_->Commit(core_.options_.sync_commits));
      absl::MutexLock lock(&core_.mutex_);
      core_.latest_ = nullptr;
      return absl::OkStatus();
    }
    // No reader may take the new picture of the data with the old catalogue.
    absl::MutexLock lock(&core_.mutex_);
    RETURN_IF_ERROR(transaction_->Commit(core_.options_.sync_commits));
    core_.catalogue_ = std::move(changed);
    core_.latest_ = nullptr;
    return absl::OkStatus();
  }

  absl::Status Commit(storage::TableLoad& tables) override {
    std::shared_ptr<const Catalogue> changed = graph_.changed_catalogue();
    // Files of several families come in one after the other, and no reader may begin in between.
    absl::MutexLock lock(&core_.mutex_);
    core_.latest_ = nullptr;
    RETURN_IF_ERROR(transaction_->Commit(tables, core_.options_.sync_commits));
    if (changed != nullptr) core_.catalogue_ = std::move(changed);
    return absl::OkStatus();
  }

 private:
  Core& core_;
  const std::unique_ptr<storage::Transaction> transaction_;
  GraphWriter graph_;
};

Core::Core(std::unique_ptr<storage::Store> store, const DatabaseOptions& options)
    : options_(options), store_(std::move(store)) {}

Core::~Core() = default;

absl::StatusOr<std::shared_ptr<Core>> Core::Open(absl::string_view path,
                                                 const DatabaseOptions& options) {
  storage::OpenOptions open;
  open.create_if_missing = options.create_if_missing && !options.read_only;
  open.read_only = options.read_only;
  open.cache_bytes = options.cache_bytes;
  if (options.edges_per_chunk != 0) open.geometry.chunk_edges = options.edges_per_chunk;
  if (options.facts_per_block != 0) open.geometry.block_facts = options.facts_per_block;
  ASSIGN_OR_RETURN(std::unique_ptr<storage::Store> store, storage::Store::Open(path, open));
  ASSIGN_OR_RETURN(std::shared_ptr<const Catalogue> catalogue,
                   LoadCatalogue(*store->TakeSnapshot()));
  if (catalogue->label_count() == 0 && catalogue->property_count() == 0) {
    // Just created, or its creator never came so far.
    if (!options.read_only) RETURN_IF_ERROR(WriteBuiltIns(*store));
    ASSIGN_OR_RETURN(catalogue, BuiltIns());
  }
  if (!HasBuiltIns(*catalogue)) {
    return absl::DataLossError(absl::StrCat(path, " lacks the names that every database has"));
  }
  std::shared_ptr<Core> core(new Core(std::move(store), options));
  absl::MutexLock lock(&core->mutex_);
  core->catalogue_ = std::move(catalogue);
  return core;
}

absl::StatusOr<std::unique_ptr<ReadTransaction>> Core::BeginRead(
    std::weak_ptr<const Picture>* last) {
  const auto is_latest = [&](const std::shared_ptr<const Picture>& picture) {
    return picture != nullptr && picture->snapshot().sequence() == store_->LatestSequence();
  };
  // A commit that changes the catalogue, too, holds the mutex from before the sequence grows until
  // both are there.
  std::shared_ptr<const Picture> picture = last->lock();
  if (!is_latest(picture)) {
    absl::MutexLock lock(&mutex_);
    if (!is_latest(latest_)) {
      latest_ = std::make_shared<const Picture>(store_->TakeSnapshot(), catalogue_);
    }
    picture = latest_;
    *last = picture;
  }
  return std::make_unique<Reading>(std::move(picture));
}

absl::StatusOr<std::unique_ptr<ReadTransaction>> Core::BeginRead() {
  std::weak_ptr<const Picture> none;
  return BeginRead(&none);
}

absl::StatusOr<std::unique_ptr<WriteTransaction>> Core::BeginWrite(
    const std::atomic<bool>* cancelled, absl::Duration most_wait) {
  if (options_.read_only) {
    return MakeError(ErrorCode::kReadOnly, "The database is open for reading only");
  }
  const absl::Duration wait = std::min(most_wait, absl::Milliseconds(options_.busy_timeout_ms));
  const absl::Time deadline = absl::Now() + wait;
  std::unique_ptr<storage::Transaction> transaction;
  while (transaction == nullptr) {
    absl::StatusOr<std::unique_ptr<storage::Transaction>> begun =
        store_->TryBegin(std::min(kLookUp, deadline - absl::Now()));
    if (begun.ok()) {
      transaction = *std::move(begun);
    } else if (!absl::IsDeadlineExceeded(begun.status())) {
      return begun.status();
    } else if (cancelled != nullptr && cancelled->load()) {
      return MakeError(ErrorCode::kInterrupted, "Interrupted while waiting for another writer");
    } else if (absl::Now() >= deadline) {
      return MakeError(ErrorCode::kDatabaseBusy,
                       absl::StrCat("The database is busy: another transaction has been writing ",
                                    "for more than ", absl::FormatDuration(wait)));
    }
  }
  absl::MutexLock lock(&mutex_);
  return std::make_unique<Writing>(*this, std::move(transaction), catalogue_);
}

absl::Status Core::RegisterTable(absl::string_view signature,
                                 std::vector<std::vector<Value>> rows) {
  auto table = std::make_shared<TableProcedure>();
  ASSIGN_OR_RETURN(table->signature, ParseProcedureSignature(signature));
  RETURN_IF_ERROR(CheckRows(table->signature, rows));
  table->rows = std::move(rows);
  absl::MutexLock lock(&mutex_);
  tables_[table->signature.name] = std::move(table);
  return absl::OkStatus();
}

std::shared_ptr<const TableProcedure> Core::FindTable(absl::string_view name) const {
  absl::MutexLock lock(&mutex_);
  const auto found = tables_.find(name);
  return found == tables_.end() ? nullptr : found->second;
}

std::shared_ptr<const FactSample> Core::SampleOf(const Graph& graph) {
  constexpr uint64_t kLeastFacts = 512;
  const uint64_t facts = graph.RelationshipCount();
  if (facts < kLeastFacts) return nullptr;
  const int size = static_cast<int>(absl::bit_width(facts));
  {
    absl::MutexLock lock(&mutex_);
    if (sample_ != nullptr && sample_size_ == size) return sample_;
  }
  absl::StatusOr<FactSample> taken = FactSample::Take(graph);
  if (!taken.ok()) return nullptr;  // whoever reads what is damaged will say so
  auto sample = std::make_shared<const FactSample>(*std::move(taken));
  absl::MutexLock lock(&mutex_);
  sample_ = sample;
  sample_size_ = size;
  return sample;
}

}  // namespace entente
