# The Go module: its tests, and programs around it. What they build is in
# $SAFEPOINT_BUILD/go.
set(folder ${CMAKE_CURRENT_BINARY_DIR}/go)
file(MAKE_DIRECTORY ${folder}/tmp)
set(go ${CMAKE_COMMAND} -E env
    PATH=${SAFEPOINT_TOOLS}/venv/bin:$ENV{PATH}
    GOCACHE=${folder}/cache GOPATH=${folder}/path XDG_CONFIG_HOME=${folder}/config
    TMPDIR=${folder}/tmp CGO_ENABLED=1
    GOENV=off GOFLAGS= GOWORK=off GOPROXY=off GOTOOLCHAIN=local)
set(test go -C ${CMAKE_CURRENT_LIST_DIR} test -count=1)

safepoint_binding_test(go/worker BUILDS worker_go
    COMMAND ${go} go -C ${CMAKE_CURRENT_LIST_DIR}
        build -o ${folder}/worker ./cmd/worker)
safepoint_worker(go ${folder}/worker)

safepoint_binding_test(go/vet
    COMMAND ${go} go -C ${CMAKE_CURRENT_LIST_DIR} vet ./...)
safepoint_binding_test(go/is_formatted
    COMMAND ${go} sh -c
        "files=$(\"$(go env GOROOT)/bin/gofmt\" -l ${CMAKE_CURRENT_LIST_DIR}) &&
         echo \"$files\" && test -z \"$files\"")
safepoint_binding_test(go/tests COMMAND ${go} ${test} . ./realtime)
safepoint_binding_test(go/tests_with_the_race_detector TIMEOUT 900
    COMMAND ${go} ${test} -race .)

# With preemption by SIGURG, as it is without being asked for.
safepoint_binding_test(go/beside_os_signal_and_preemption
    COMMAND ${go} GODEBUG=asyncpreemptoff=0 ${test} -count=5 -v -run Beside .)

safepoint_binding_test(go/the_readme_s_program
    COMMAND ${go} ${test} -run Readme ./internal/programs)
safepoint_binding_test(go/a_host_in_c_with_go_inside TIMEOUT 900
    COMMAND ${go} ${test} -v -run Host ./internal/programs)
