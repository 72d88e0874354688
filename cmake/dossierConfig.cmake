# find_package(dossier) gives dossier::shared, dossier::static and dossier::dossier (the shared one).
# With dossier::static, DOSSIER_ROCKSDB_TARGET names the RocksDB to link: RocksDB::rocksdb-shared
# (the default) or RocksDB::rocksdb.
include(CMakeFindDependencyMacro)
find_dependency(RocksDB 7.8 CONFIG)
find_dependency(ICU COMPONENTS i18n uc)
find_dependency(OpenSSL COMPONENTS Crypto)
find_dependency(ZLIB)
find_dependency(BZip2)
find_dependency(EXPAT)
find_dependency(Threads)

set(DOSSIER_ROCKSDB_TARGET RocksDB::rocksdb-shared CACHE STRING
    "The RocksDB that programs with dossier::static link")
if(NOT TARGET dossier::rocksdb)
    add_library(dossier::rocksdb INTERFACE IMPORTED)
    set_target_properties(dossier::rocksdb PROPERTIES
        INTERFACE_LINK_LIBRARIES ${DOSSIER_ROCKSDB_TARGET})
endif()

include("${CMAKE_CURRENT_LIST_DIR}/dossierTargets.cmake")
if(NOT TARGET dossier::dossier)
    add_library(dossier::dossier INTERFACE IMPORTED)
    set_target_properties(dossier::dossier PROPERTIES INTERFACE_LINK_LIBRARIES dossier::shared)
endif()
