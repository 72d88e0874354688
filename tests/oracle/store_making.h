#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "storage/store.h"
#include "tests/oracle/random_data.h"
#include "tests/oracle/temporary_folder.h"

namespace dossier::oracle {

// The ways in which a store may have come to its statements. All of them answer alike.
enum class Making : std::uint8_t {
    bulk,      // one load
    updated,   // commits of a few statements each, with others that come and go
    changed,   // a load of half of them, the rest by commits that also take from the load
    emptied,   // a load of many blocks, of which a commit leaves these statements
    reopened,  // as changed, on disk, closed and opened again several times
    older,     // as changed, read through a snapshot from before the store was emptied
};
inline constexpr std::array all_makings = {Making::bulk,    Making::updated,  Making::changed,
                                           Making::emptied, Making::reopened, Making::older};
const char* name_of(Making making);
// One that can be written to, too.
Making random_making(Chance& chance);

struct MadeStore {
    std::unique_ptr<TemporaryFolder> folder;  // of a store on disk; goes after it
    std::shared_ptr<storage::Store> store;
    std::shared_ptr<const storage::Snapshot> older;  // what to read, where it is not the newest
};
MadeStore make_store(const std::vector<Quad>& quads, Making making);

// One transaction; throws what the engine throws, and has then changed nothing. LOAD may read files
// below the folder.
void update_store(storage::Store& store, const std::string& text,
                  const std::vector<std::string>& disabled_passes = {},
                  const std::string& load_folder = {});

}  // namespace dossier::oracle
