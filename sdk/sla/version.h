#pragma once

/// @file
/// Version of the SDK, semantic: a plugin built against an older minor version keeps working,
/// another major version is refused. CMake reads the numbers from these three lines.

/// What plugins were built for must be built again.
#define SLA_SDK_VERSION_MAJOR 2
/// Something was added.
#define SLA_SDK_VERSION_MINOR 3
/// Something was mended.
#define SLA_SDK_VERSION_PATCH 0
