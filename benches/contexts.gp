# The graph of what benches/contexts.c has written: gnuplot contexts.gp, in a
# folder with contexts.dat.
set terminal svg size 640,400 font "sans-serif,12" background "white"
set output "contexts.svg"
set title "One arrival, of 4,096 contexts k have a handler for it"
set logscale xy
set xlabel "k"
set ylabel "microseconds"
set grid
set key off
plot "contexts.dat" using 1:($2 / 1000) with linespoints pointtype 7
