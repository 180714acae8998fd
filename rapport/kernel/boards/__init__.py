"""Boards: the records of a type as cards in lanes, one lane for each option of the field that the type names."""

from rapport.kernel.boards.registry import Board as Board
from rapport.kernel.boards.registry import add_board as add_board
from rapport.kernel.boards.registry import board_of as board_of
