module safepoint

go 1.21
