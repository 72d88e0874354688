#include "storage/recovery.h"

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <filesystem>

#include <dossier/error.h>

#include "storage/log_scan.h"
#include "storage/log_sync.h"
#include "storage/memory_block_store.h"
#include "storage/rocksdb_block_store.h"
#include "storage/store_lock.h"
#include "storage/term_segment.h"
#include "storage/triple_dictionary.h"

namespace dossier::storage {

namespace {

void say(const OpenOptions& options, std::string_view message) {
    if (options.log) {
        options.log(message);
    }
}

constexpr std::size_t most_dictionary_cache = std::size_t{64} << 20;

std::int64_t now_microseconds() {
    return std::chrono::duration_cast<std::chrono::microseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

// Header and first root of a new store, durable before the store is marked complete.
void write_first_records(BlockStore& blocks, const Uuid& uuid) {
    StoreHeader header;
    header.uuid = uuid;
    header.created = now_microseconds();
    StoreRoot root;
    root.header_hash = header.first_hash();
    root.dictionary = DictionaryRoot().serialise();
    const auto batch = blocks.batch();
    batch->put(Family::meta, header_key, header.encode());
    batch->put(Family::meta, root_key, root.encode());
    batch->put(Family::meta, intent_key, Intent().encode());
    blocks.write(*batch, true);
}

PinnedValue read_record(const BlockStore& blocks, std::string_view key, std::string_view what) {
    PinnedValue value = blocks.get(Family::meta, key);
    if (!value) {
        throw StoreError("the store is damaged: " + std::string(what) + " is missing");
    }
    return value;
}

std::shared_ptr<State> state_of(const StoreRoot& root, const std::shared_ptr<BlockCache>& cache) {
    auto state = std::make_shared<State>();
    state->number = root.number;
    state->header_hash = root.header_hash;
    state->time = root.time;
    state->statements = root.statements;
    for (const PermutationRoot& permutation : root.permutations) {
        const auto at = static_cast<std::size_t>(permutation.permutation);
        if (at >= statement_permutations) {
            throw StoreError("the store's root is damaged: it names an unknown permutation");
        }
        state->indexes[at] = PermutationIndex::open(cache, permutation);
    }
    for (std::size_t i = 0; i < basic_permutations; ++i) {
        if (!state->indexes[i]) {
            if (root.number != 0) {
                throw StoreError("the store's root is damaged: it lacks a permutation");
            }
            state->indexes[i] = PermutationIndex::create(cache, static_cast<Permutation>(i));
        }
    }
    return state;
}

// The commits after the root, one by one, as write_commit() made them.
void replay(StoreCore::Parts& parts, State& state) {
    WriterData& writer = parts.writer;
    CommitLogReader log(*parts.blocks, writer.root.number, writer.root.header_hash, true);
    while (auto commit = log.next()) {
        const CommitHeader& header = commit->header;
        if (header.kind != CommitKind::changes) {
            throw StoreError("the store is damaged: its root is older than commit " +
                             std::to_string(header.number) + ", which came with a root");
        }
        if (header.inserted + header.removed != commit->changes.size() ||
            header.time <= state.time) {
            throw StoreError("the commit log is damaged: the header of commit " +
                             std::to_string(header.number) + " contradicts its changes");
        }
        state.number = header.number;
        state.header_hash = commit->hash;
        state.time = header.time;
        state.statements = header.statements;
        state.unfolded_changes += commit->changes.size();
        parts.dictionary->raise_counters(header.counters);
        apply_changes(writer.graph_counts, commit->changes);
        writer.layers.push_back(std::make_shared<const ChangeLayer>(std::move(commit->changes)));
        for (const auto& index : state.indexes) {
            if (index) {
                index->append(writer.layers.back());
            }
        }
    }
    state.graphs = named_graphs_of(writer.graph_counts);
    // As write_commit(): a store without blocks has gspo from its first named graph on.
    auto& by_graph = state.indexes[static_cast<std::size_t>(Permutation::gspo)];
    if (!by_graph && writer.root.number == 0 && !state.graphs->empty()) {
        by_graph = PermutationIndex::create(parts.cache, Permutation::gspo);
        for (const auto& layer : writer.layers) {
            by_graph->append(layer);
        }
    }
}

// Generations and segments that a process wrote and did not live to publish. Only for the writer.
void drop_orphans(BlockStore& blocks, const State& state, const StoreRoot& root) {
    for (std::size_t i = 0; i < statement_permutations; ++i) {
        const auto permutation = static_cast<Permutation>(i);
        std::vector<std::uint64_t> live =
            state.indexes[i] ? state.indexes[i]->generations() : std::vector<std::uint64_t>{};
        if (permutation == Permutation::spo) {
            live.insert(live.end(), root.log_generations.begin(), root.log_generations.end());
        }
        for (const std::uint64_t generation : list_generations(blocks, permutation)) {
            if (std::find(live.begin(), live.end(), generation) == live.end()) {
                drop_generation(blocks, permutation, generation);
            }
        }
    }
    drop_orphan_segments(blocks, DictionaryRoot::parse(root.dictionary).segments);
}

// What the watermark says against the store as it was found; empty when nothing.
std::string watermark_problem(const StoreFiles& files, const State& state) {
    const auto mark = files.watermark();
    if (mark && mark->number > state.number) {
        return "the store has lost commits " + std::to_string(state.number + 1) + " to " +
               std::to_string(mark->number) +
               ", which were durable: its files are damaged or older than they should be";
    }
    if (mark && mark->number == state.number && mark->header_hash != state.header_hash) {
        return "the store's commit " + std::to_string(state.number) +
               " is not the one that was made durable: files of two copies of the store were mixed";
    }
    return {};
}

constexpr std::string_view loss_advice =
    "; nothing was changed: restore a backup, or open it accepting the loss";

std::shared_ptr<StoreCore> assemble(StoreCore::Parts parts, const OpenOptions& options) {
    const std::size_t cache_bytes = options.cache_bytes;
    parts.header =
        StoreHeader::decode(read_record(*parts.blocks, header_key, "the store's header").bytes());
    WriterData& writer = parts.writer;
    writer.root =
        StoreRoot::decode(read_record(*parts.blocks, root_key, "the store's root").bytes());
    writer.reserved =
        Intent::decode(read_record(*parts.blocks, intent_key, "the store's intent record").bytes());
    writer.next = writer.reserved;
    writer.graph_counts.insert(writer.root.graphs.begin(), writer.root.graphs.end());
    const std::size_t dictionary_cache = std::min(cache_bytes / 4, most_dictionary_cache);
    parts.cache = std::make_shared<BlockCache>(parts.blocks, cache_bytes - dictionary_cache);
    parts.dictionary = std::make_shared<Dictionary>(
        parts.blocks, DictionaryRoot::parse(writer.root.dictionary), dictionary_cache, parts.cache);
    const std::shared_ptr<State> state = state_of(writer.root, parts.cache);
    replay(parts, *state);
    if (parts.files) {
        const std::string problem = watermark_problem(*parts.files, *state);
        if (!problem.empty() && !options.accept_loss) {
            throw StoreError(problem + std::string(loss_advice));
        }
        if (!problem.empty()) {
            say(options, problem);
            if (!parts.blocks->read_only()) {
                parts.files->remove_watermark();
            }
        }
    }
    if (!parts.blocks->read_only()) {
        drop_orphans(*parts.blocks, *state, writer.root);
        parts.dictionary->triples().drop_unused();
    }
    parts.settings = Settings::load(*parts.blocks);
    parts.statistics = StatisticsCache::load(*parts.blocks);
    parts.state = state;
    return std::make_shared<StoreCore>(std::move(parts));
}

std::string describe(const LogDamage& damage) {
    std::string text =
        "the log file " + damage.file + " is damaged at offset " + std::to_string(damage.offset);
    if (!damage.records_follow) {
        return text + "; nothing whole follows, so it is the end that a crash left";
    }
    text += " and whole records follow it: commits from " +
            std::to_string(damage.last_commit_before + 1);
    return damage.last_commit_after == 0
               ? text + " on are concerned"
               : text + " to " + std::to_string(damage.last_commit_after) + " are concerned";
}

std::shared_ptr<BlockStore> open_blocks(const StoreFiles& files, const OpenOptions& options,
                                        bool create, rocksdb::Env* environment) {
    const std::shared_ptr<LogSync> log_sync = LogSync::create(environment);
    RocksdbOptions rocksdb;
    rocksdb.path = files.blocks_path();
    rocksdb.create = create;
    rocksdb.read_only = options.read_only;
    rocksdb.environment = log_sync->environment();
    // Keeps the environment for as long as the block store lives.
    rocksdb.sync_log = [log_sync] { log_sync->sync(); };
    rocksdb.log = options.log;
    try {
        return open_rocksdb_block_store(rocksdb);
    } catch (const StoreError& refused) {
        // The torn end of the log is a crash's, and what it cost was
        // never acknowledged; damage before whole records is not, and is refused.
        const auto damage = find_log_damage(files.blocks_path());
        if (!damage) {
            throw;
        }
        const std::string found = describe(*damage);
        if (damage->records_follow && !options.accept_loss) {
            throw StoreError(found + std::string(loss_advice) + " (" + refused.what() + ")");
        }
        say(options, found);
        rocksdb.recovery = LogRecovery::point_in_time;
        return open_rocksdb_block_store(rocksdb);
    }
}

// Beside a living writer the block store's files may be read a moment apart, so that a commit or a
// page is missing: then the reader catches up and looks again. Where nobody writes it is damage.
std::shared_ptr<StoreCore> open_reader(const StoreFiles& files, const OpenOptions& options,
                                       rocksdb::Env* environment) {
    const bool written_before = StoreLock::is_held(files.path());
    const std::shared_ptr<BlockStore> blocks = open_blocks(files, options, false, environment);
    constexpr int most_attempts = 5;
    for (int attempt = 1;; ++attempt) {
        StoreCore::Parts parts;
        parts.files = files;
        parts.log = options.log;
        parts.blocks = blocks;
        try {
            return assemble(std::move(parts), options);
        } catch (const StoreError&) {
            const bool written = written_before || StoreLock::is_held(files.path());
            if (!written || attempt == most_attempts) {
                throw;
            }
        }
        blocks->catch_up();
    }
}

}  // namespace

std::shared_ptr<StoreCore> open_store(const std::string& path, const OpenOptions& options,
                                      rocksdb::Env* environment, const FoldLimits& fold_limits) {
    const StoreFiles files(path);
    DirectoryState found = files.inspect();
    if (found == DirectoryState::absent && !(options.create && !options.read_only)) {
        throw StoreError("there is no store at '" + path + "'");
    }
    if (found == DirectoryState::begun && options.read_only) {
        throw StoreError("the store at '" + path + "' was never completed; it is empty");
    }
    if (options.read_only) {
        return open_reader(files, options, environment);
    }
    StoreCore::Parts parts;
    parts.files = files;
    parts.durability = options.durability;
    parts.fold_limits = fold_limits;
    parts.log = options.log;
    const Uuid uuid = make_uuid();
    if (found == DirectoryState::absent) {
        files.begin_creation(uuid);
    }
    parts.lock = std::make_unique<StoreLock>(files.path(), files.name());
    found = files.inspect();  // what it is now that nobody else can change it
    files.clear_temporary_files();
    if (found == DirectoryState::begun) {
        // Nothing in it was ever promised to anybody: the store begins anew.
        std::error_code error;
        std::filesystem::remove_all(files.blocks_path(), error);
        if (error) {
            throw StoreError("removing " + files.blocks_path() + ": " + error.message());
        }
        if (::mkdir(files.blocks_path().c_str(), 0700) != 0) {
            throw StoreError("cannot create the directory " + files.blocks_path());
        }
    }
    parts.blocks = open_blocks(files, options, found == DirectoryState::begun, environment);
    if (found == DirectoryState::begun) {
        write_first_records(*parts.blocks, uuid);
        files.finish_creation(uuid);
    }
    return assemble(std::move(parts), options);
}

std::shared_ptr<StoreCore> open_store_in_memory() {
    StoreCore::Parts parts;
    parts.blocks = open_memory_block_store();
    parts.durability = Durability::relaxed;
    write_first_records(*parts.blocks, make_uuid());
    OpenOptions options;
    options.cache_bytes = std::size_t{64} << 20;
    return assemble(std::move(parts), options);
}

}  // namespace dossier::storage
