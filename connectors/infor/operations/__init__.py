"""Operations of Infor, one a file."""
