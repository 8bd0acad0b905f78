"""Measured tables that scikit-learn ships; it is imported only when one is asked for."""

from typing import Any

from landscape.datasets.dataset import Dataset


def diabetes(scaled: bool = True) -> Dataset:
    """442 diabetes patients: ten measurements, and the progression one year later.

    By default the columns are as Efron et al. published them and as
    `sklearn.datasets.load_diabetes()` returns them: mean 0 and sum of squares 1, so that
    X^T X is the matrix of correlations. `standardize()` gives them variance 1 instead.

    Args:
        scaled: False for the measured units (years, mm Hg, mg/dl, ...).

    Returns:
        A regression of shape (442, 10): age, sex, bmi, bp and six blood serum values s1
        (total cholesterol), s2 (low-density lipoproteins), s3 (high-density), s4 (their
        ratio), s5 (log of triglycerides), s6 (blood sugar).

    Example:
        >>> from landscape.datasets import diabetes
        >>> diabetes(scaled=False).select("age").inputs[:2, 0].tolist()
        [59.0, 48.0]

    Reference:
        Efron, Hastie, Johnstone, Tibshirani (2004), Least angle regression, Annals of
        Statistics 32, 407-499, doi:10.1214/009053604000000067
    """
    from sklearn.datasets import load_diabetes

    table: Any = load_diabetes(scaled=scaled)
    return Dataset(
        name="diabetes",
        title="Diabetes progression",
        inputs=table.data,
        targets=table.target,
        feature_names=tuple(table.feature_names),
        target_name="disease progression after one year",
        description="Ten measurements of 442 patients, and how far the disease went in a year.",
        reference="Efron et al. (2004), Least angle regression, doi:10.1214/009053604000000067",
    )


def breast_cancer() -> Dataset:
    """569 breast tumours: thirty measurements of cell nuclei, malignant (0) or benign (1).

    Returns:
        A classification of shape (569, 30) in the measured units; `standardize()` it before
        looking at its landscape, since the units differ by factors of ten thousand.

    Example:
        >>> from landscape.datasets import breast_cancer
        >>> breast_cancer().class_names
        ('malignant', 'benign')

    Reference:
        Street, Wolberg, Mangasarian (1993), Nuclear feature extraction for breast tumor
        diagnosis, doi:10.1117/12.148698
    """
    from sklearn.datasets import load_breast_cancer

    table: Any = load_breast_cancer()
    return Dataset(
        name="breast-cancer",
        title="Breast cancer (Wisconsin)",
        inputs=table.data,
        targets=table.target,
        feature_names=tuple(str(name) for name in table.feature_names),
        target_name="diagnosis",
        task="classification",
        class_names=tuple(str(name) for name in table.target_names),
        description="Thirty measurements of cell nuclei of 569 tumours, malignant or benign.",
        reference="Street, Wolberg, Mangasarian (1993), doi:10.1117/12.148698",
    )


def iris() -> Dataset:
    """150 irises of three species: length and width of sepal and petal.

    Returns:
        A classification of shape (150, 4) in centimetres, 50 examples per species.

    Example:
        >>> from landscape.datasets import iris
        >>> iris().feature_names[2:]
        ('petal length (cm)', 'petal width (cm)')

    Reference:
        Fisher (1936), The use of multiple measurements in taxonomic problems, Annals of
        Eugenics 7, 179-188, doi:10.1111/j.1469-1809.1936.tb02137.x
    """
    from sklearn.datasets import load_iris

    table: Any = load_iris()
    return Dataset(
        name="iris",
        title="Irises",
        inputs=table.data,
        targets=table.target,
        feature_names=tuple(table.feature_names),
        target_name="species",
        task="classification",
        class_names=tuple(str(name) for name in table.target_names),
        description="Sepals and petals of 150 flowers of three species.",
        reference="Fisher (1936), doi:10.1111/j.1469-1809.1936.tb02137.x",
    )


def wine() -> Dataset:
    """178 wines of one region and three cultivars of grape: thirteen chemical measurements.

    Returns:
        A classification of shape (178, 13) in the measured units; `standardize()` it before looking
        at its landscape, since the units differ by factors of ten thousand.

    Example:
        >>> from landscape.datasets import wine
        >>> wine().feature_names[:2]
        ('alcohol', 'malic_acid')

    Reference:
        Aeberhard, Forina (1991), Wine, UCI Machine Learning Repository, doi:10.24432/C5PC7J
    """
    from sklearn.datasets import load_wine

    table: Any = load_wine()
    return Dataset(
        name="wine",
        title="Wines",
        inputs=table.data,
        targets=table.target,
        feature_names=tuple(table.feature_names),
        target_name="cultivar",
        task="classification",
        class_names=("cultivar 1", "cultivar 2", "cultivar 3"),
        description="Thirteen chemical measurements of 178 wines from three cultivars of grape.",
        reference="Aeberhard, Forina (1991), Wine, doi:10.24432/C5PC7J",
    )


def digits() -> Dataset:
    """1797 handwritten digits as images of 8 by 8 pixels.

    Returns:
        A classification of shape (1797, 64), grey values 0 (paper) to 16 (ink), row by row.

    Example:
        >>> from landscape.datasets import digits
        >>> digits().inputs.max()
        np.float64(16.0)

    Reference:
        Alpaydin, Kaynak (1998), Optical recognition of handwritten digits, UCI Machine
        Learning Repository, doi:10.24432/C50P49
    """
    from sklearn.datasets import load_digits

    table: Any = load_digits()
    return Dataset(
        name="digits",
        title="Handwritten digits",
        inputs=table.data,
        targets=table.target,
        feature_names=tuple(table.feature_names),
        target_name="digit",
        task="classification",
        class_names=tuple(str(name) for name in table.target_names),
        description="1797 handwritten digits, each an image of 8 by 8 grey values.",
        reference="Alpaydin, Kaynak (1998), doi:10.24432/C50P49",
    )
