#pragma once

/// Version of the SDK, semantic: a plugin built against an older minor version keeps working,
/// another major version is refused. CMake reads the numbers from these three lines.
#define SLA_SDK_VERSION_MAJOR 2
#define SLA_SDK_VERSION_MINOR 1
#define SLA_SDK_VERSION_PATCH 0
