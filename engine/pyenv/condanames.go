package pyenv

import (
	"strings"
	"sync"
)

// sameNames are packages of conda that pip has under the same name. A name that is
// not in here is not guessed: whoever registers it on the package index could put
// anything there.
const sameNames = `
	absl-py aiohttp altair astropy attrs beautifulsoup4 biopython bokeh boto3 botocore cellpose certifi cffi chardet
	click cloudpickle colorama csbdeep cupy cycler cython dask dask-image deepdiff dill distributed dnspython docopt docutils
	fastapi fastai filelock flask fonttools fsspec future gdown gensim geojson geopandas gitpython gputil h5py h5netcdf httpx
	idna igraph imagecodecs imageio imageio-ffmpeg imgaug ipykernel ipython ipywidgets itsdangerous jedi jinja2 joblib
	jsonschema jupyter jupyterlab keras kiwisolver lightgbm lifelines llvmlite lmfit lxml mahotas markdown markupsafe
	matplotlib mistune more-itertools mpmath msgpack multidict n2v namedlist napari nbformat nest-asyncio netcdf4 networkx
	nibabel nltk notebook numba numcodecs numexpr numpy numpydoc odfpy omegaconf openpyxl opencv-python opencv-python-headless
	packaging palettable pandas paramiko partd patsy pexpect pillow pip pims plotly pooch prettytable protobuf psutil py-cpuinfo
	pyarrow pybedtools pycparser pydantic pydicom pyfaidx pygments pyimagej pyjnius pyparsing pyqtgraph pyserial pytest
	python-dateutil python-dotenv pytz pywavelets pyyaml pyzmq rasterio read-roi regex requests rich ruamel.yaml scikit-image
	scikit-learn scipy scyjava seaborn sentencepiece setuptools shapely simpleitk six slicerator soupsieve spacy sqlalchemy
	stardist statsmodels sympy tensorboard tensorboardx tensorflow tensorflow-gpu threadpoolctl tifffile timm tokenizers toml
	toolz torchaudio torchvision tornado tqdm traitlets transformers trackpy trimesh typing-extensions ujson umap-learn
	urllib3 uvicorn vtk websockets werkzeug wheel widgetsnbextension wrapt xarray xgboost xlrd xlsxwriter xlwt yarl zarr zstandard
`

// otherNames are packages of conda that pip has under another name; an empty name
// means that a wheel needs no such package.
var otherNames = map[string]string{
	"pytorch": "torch", "pytorch-cpu": "torch", "pytorch-gpu": "torch", "torchvision-cpu": "torchvision",
	"opencv": "opencv-python-headless", "py-opencv": "opencv-python-headless", "libopencv": "",
	"matplotlib-base": "matplotlib", "msgpack-python": "msgpack", "pytables": "tables", "pyqt": "pyqt5", "python-graphviz": "graphviz",
	"python-igraph": "igraph", "pillow-simd": "pillow", "py-xgboost": "xgboost", "dask-core": "dask", "flake8": "flake8",
	"tensorflow-base": "tensorflow", "keras-gpu": "keras", "jupyter_client": "jupyter-client", "ipython_genutils": "ipython-genutils",
	"sklearn": "scikit-learn", "skimage": "scikit-image", "scikit_image": "scikit-image", "fastai2": "fastai", "python-lmdb": "lmdb",
	"lz4": "lz4", "snappy": "", "python-snappy": "python-snappy", "pyopengl": "pyopengl", "pyside2": "pyside2",
	"mkl": "", "mkl-service": "", "blas": "", "openblas": "", "nomkl": "", "libgcc": "", "libgcc-ng": "", "libstdcxx-ng": "",
	"intel-openmp": "", "zlib": "", "libpng": "", "jpeg": "", "libtiff": "", "hdf5": "", "cudnn": "", "cudatoolkit": "", "cudatoolkit-dev": "",
	"pytorch-cuda": "", "cuda": "", "cuda80": "", "cuda90": "", "cuda91": "", "cuda92": "", "cuda100": "", "magma-cuda90": "",
}

var sameName = sync.OnceValue(func() map[string]bool {
	names := map[string]bool{}
	for _, name := range strings.Fields(sameNames) {
		names[name] = true
	}
	return names
})

// pipName is the name that pip knows a package of conda by. left is true when the
// package is to be left out, known false when nobody knows.
func (e *Environments) pipName(conda string) (name string, left, known bool) {
	if name, ok := e.o.Map[conda]; ok {
		return name, name == "", true
	}
	if name, ok := otherNames[conda]; ok {
		return name, name == "", true
	}
	return conda, false, sameName()[conda]
}

// pipNameText is a name as pip takes it.
var pipNameText = pattern(`^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$`)
