# Compile options every room shares, as the interface target dossier_options.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1")
set(CMAKE_CXX_FLAGS_DEBUG "-O1 -g1 -fno-omit-frame-pointer")

if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    # Paths below the source folder are cached relative to it, so that clones share what was built.
    set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env
        "CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}" CCACHE_NOHASHDIR=1
        CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
        "${CCACHE_PROGRAM}")
endif()

add_library(dossier_options INTERFACE)
target_include_directories(dossier_options INTERFACE "${PROJECT_SOURCE_DIR}")
target_compile_options(dossier_options INTERFACE
    -Wall -Wextra -Wpedantic -Wconversion -Werror
    -fstack-protector-strong -fstack-clash-protection -fcf-protection)
# GCC 12 reports impossible accesses inside its own string and vector code at -O2; the warnings are
# about libstdc++ headers, not about this source.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(dossier_options INTERFACE -Wno-restrict -Wno-array-bounds
        -Wno-stringop-overflow -Wno-stringop-overread -Wno-maybe-uninitialized)
endif()
target_compile_definitions(dossier_options INTERFACE _GLIBCXX_ASSERTIONS)
if(DOSSIER_SANITIZE)
    target_compile_options(dossier_options INTERFACE
        -fsanitize=${DOSSIER_SANITIZE} -fno-sanitize-recover=all)
    target_link_options(dossier_options INTERFACE -fsanitize=${DOSSIER_SANITIZE})
else()
    target_compile_definitions(dossier_options INTERFACE $<$<CONFIG:Release>:_FORTIFY_SOURCE=2>)
endif()
target_link_options(dossier_options INTERFACE -Wl,-z,relro,-z,now)
if(DOSSIER_FUZZ)
    target_compile_options(dossier_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

# dossier_room(NAME <name> USES <targets...>): one room, an object library of the .cpp files in its
# folder, so that the static and the shared library can be made of the same objects.
function(dossier_room)
    cmake_parse_arguments(ROOM "" "NAME" "USES" ${ARGN})
    file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cpp")
    add_library(dossier_${ROOM_NAME} OBJECT ${sources})
    target_compile_definitions(dossier_${ROOM_NAME} PUBLIC DOSSIER_BUILDING)
    target_link_libraries(dossier_${ROOM_NAME} PUBLIC dossier_options ${ROOM_USES})
    if(EXISTS "${CMAKE_CURRENT_SOURCE_DIR}/include")
        target_include_directories(dossier_${ROOM_NAME} PUBLIC "${CMAKE_CURRENT_SOURCE_DIR}/include")
    endif()
endfunction()
